"""How agents are stored, and what is found of the work that they leave."""
