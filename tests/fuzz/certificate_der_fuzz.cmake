eti_fuzz(certificate_der DEPENDS x509)
