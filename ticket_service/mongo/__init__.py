"""The ports on MongoDB. Nobody else knows documents and the driver; `mapper` says how an entity is declared."""
