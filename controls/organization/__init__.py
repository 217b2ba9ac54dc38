"""The account as AWS knows it."""
