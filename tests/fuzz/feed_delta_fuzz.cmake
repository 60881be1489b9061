eti_fuzz(feed_delta DEPENDS intel)
