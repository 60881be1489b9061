eti_fuzz(set_lines DEPENDS config)
