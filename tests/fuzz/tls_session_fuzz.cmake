eti_fuzz(tls_session DEPENDS tls)
