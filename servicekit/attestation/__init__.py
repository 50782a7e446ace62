"""What one service attests, so that whoever passes it on to another one need not be believed: a signature with the key
of its certificate (docs/decisions/0028)."""
