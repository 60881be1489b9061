eti_fuzz(server_hello DEPENDS tls)
