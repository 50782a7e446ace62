"""Values of the API in words for people, and back."""
