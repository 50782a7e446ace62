"""The ports on MongoDB: the only ones who know documents and the driver."""
