"""The console's own database: the only ones who know its documents and the driver."""
