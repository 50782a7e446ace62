"""A stand-in for whoever runs a language model: an OpenAI-compatible endpoint on this machine, with scripted answers,
faults, and an obedience that no real model should have. The services only know its URL."""
