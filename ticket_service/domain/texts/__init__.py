"""What a text says besides its matter."""
