eti_fuzz(certificate_feed DEPENDS intel)
