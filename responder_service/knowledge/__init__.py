"""A workspace's articles: read from files, and found by what is asked."""
