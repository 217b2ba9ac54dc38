"""Drift: what changed from one run to another. `drift.json`, the page and the terminal tell what is found here."""
