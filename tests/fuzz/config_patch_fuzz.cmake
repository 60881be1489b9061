eti_fuzz(config_patch DEPENDS config)
