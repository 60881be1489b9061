eti_fuzz(command_line DEPENDS cli)
