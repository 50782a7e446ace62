"""The inbox: views of a workspace's tickets, and what is done to several of them at once."""
