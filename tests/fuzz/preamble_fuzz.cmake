eti_fuzz(preamble DEPENDS tls)
