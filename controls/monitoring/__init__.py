"""Monitoring: what must not go unnoticed raises an alarm."""
