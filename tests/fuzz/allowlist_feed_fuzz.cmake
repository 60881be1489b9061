eti_fuzz(allowlist_feed DEPENDS intel)
