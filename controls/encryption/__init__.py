"""Controls of keys and secrets."""
