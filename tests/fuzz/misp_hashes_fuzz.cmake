eti_fuzz(misp_hashes DEPENDS feeds)
