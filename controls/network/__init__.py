"""Network: what is open to the internet, and to whom."""
