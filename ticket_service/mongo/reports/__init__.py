"""Reports in MongoDB: a document per day of each channel and agent, and one per ticket."""
