"""What programs that act for people share, the command line and a web console: a session with the services, lists
page by page, things by what people call them, and failures and values in words. Nothing here prints anything or ends
the process: it raises Failure."""
