"""What people see: a folder per part of the console, each with its routes, handlers and what its templates need."""
