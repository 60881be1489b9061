eti_fuzz(config_xml DEPENDS config)
