eti_fuzz(client_hello DEPENDS tls)
