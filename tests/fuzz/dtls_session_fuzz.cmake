eti_fuzz(dtls_session DEPENDS tls)
