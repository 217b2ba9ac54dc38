"""Controls of databases."""
