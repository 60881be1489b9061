eti_fuzz(feodo_json DEPENDS feeds)
