eti_fuzz(config_json DEPENDS config)
