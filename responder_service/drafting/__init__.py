"""How an answer comes about: what goes to a person, what is asked, and what articles or a model answer."""
