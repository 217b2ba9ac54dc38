"""Fleets, read for reports, and their page."""
