"""What happens, as browsers learn of it."""
