eti_fuzz(quic_connection DEPENDS quic)
