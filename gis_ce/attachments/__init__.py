"""Files of a case: taken in, checked, kept under their hash, and shown without what their camera noted."""
