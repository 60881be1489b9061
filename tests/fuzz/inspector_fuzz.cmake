eti_fuzz(inspector DEPENDS inspect)
