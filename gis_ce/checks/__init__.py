"""The checks: each measures, one place decides, and each can explain itself."""
