eti_fuzz(threatfox_json DEPENDS feeds)
