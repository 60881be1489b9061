eti_fuzz(misp_manifest DEPENDS feeds)
