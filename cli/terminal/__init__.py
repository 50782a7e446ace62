"""Between commands and whoever types them: what is printed, what is asked, what options may say."""
