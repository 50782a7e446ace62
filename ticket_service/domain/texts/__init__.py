"""What a customer's text says besides its matter: carrier keywords, reactions, the wish for no more texts."""
