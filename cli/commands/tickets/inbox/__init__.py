"""Lists of tickets, their counts, and who has read what."""
