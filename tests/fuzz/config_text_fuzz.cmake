eti_fuzz(config_text DEPENDS config)
