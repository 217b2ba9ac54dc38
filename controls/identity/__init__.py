"""Controls over who can act in the account."""
