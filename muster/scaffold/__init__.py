"""`python -m muster new control`: the pieces of a new control, for somebody to fill in."""
