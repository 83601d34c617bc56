"""One plain function for each thing a user can do with cases; the caller opens the session and commits."""
