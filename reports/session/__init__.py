"""The reports that take part in a pytest session."""
