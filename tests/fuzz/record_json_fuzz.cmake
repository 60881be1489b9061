eti_fuzz(record_json DEPENDS metadata)
