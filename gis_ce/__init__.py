"""What we decide: rules by date, checks, findings."""
