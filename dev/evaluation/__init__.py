"""How well the AI answers: conversations against the sample knowledge base, through responder_service as it runs."""
