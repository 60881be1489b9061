eti_fuzz(feed_csv DEPENDS feeds)
