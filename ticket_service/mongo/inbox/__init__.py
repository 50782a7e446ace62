"""Lists of tickets in any order, their counts, and who has read what."""
