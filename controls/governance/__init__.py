"""Governance: what people answer for, because no API can tell it."""
