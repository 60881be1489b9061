eti_fuzz(control_request DEPENDS cli)
