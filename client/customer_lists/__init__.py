"""Lists of customers in files, as spreadsheets and other programs write them."""
