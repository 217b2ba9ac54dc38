"""Hostile accounts: answers of AWS by which a control must not be fooled."""
