eti_fuzz(inspector_streams DEPENDS inspect)
