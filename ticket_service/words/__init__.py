"""Lists of words: what is compared with texts, as data that anybody can add to."""
