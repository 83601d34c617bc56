"""What the OGC API is made of: collections as columns, questions to them, and the forms of an answer."""
