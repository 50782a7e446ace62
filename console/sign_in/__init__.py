"""How people prove who they are: sessions, links, passwords."""
