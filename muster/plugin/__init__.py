"""What pytest knows of a run: options, collection, items, the conductor."""
