eti_fuzz(stream_head DEPENDS stream wire)
