eti_fuzz(server_filter DEPENDS store)
