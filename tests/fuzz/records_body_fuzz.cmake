eti_fuzz(records_body DEPENDS ingest)
