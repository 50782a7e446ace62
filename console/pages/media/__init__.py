"""What customers sent along with their texts."""
