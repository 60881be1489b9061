eti_fuzz(dns_message DEPENDS dns)
