"""Storage: what is stored is not public, and is encrypted."""
