"""What is kept with customers, and done to them, beside their own fields."""
