eti_fuzz(fragment_cache DEPENDS decap net wire)
