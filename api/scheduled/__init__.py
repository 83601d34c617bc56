"""What is done by the clock of the office: one function each, which says in words what came of it."""
