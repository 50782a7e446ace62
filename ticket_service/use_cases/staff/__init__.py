"""What can be asked for of agents, and what is checked of whoever acts or is assigned."""
