"""Runs night after night: kept elsewhere, compared, told of, removed when they are old."""
