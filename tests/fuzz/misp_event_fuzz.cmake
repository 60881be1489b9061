eti_fuzz(misp_event DEPENDS feeds)
