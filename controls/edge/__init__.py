"""Controls of what faces the internet in front of applications."""
