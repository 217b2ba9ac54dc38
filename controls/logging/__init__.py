"""Logging: what happened is on record."""
