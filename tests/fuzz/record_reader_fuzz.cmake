eti_fuzz(record_reader DEPENDS ingest scoring)
