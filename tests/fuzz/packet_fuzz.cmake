eti_fuzz(packet DEPENDS decap flow)
