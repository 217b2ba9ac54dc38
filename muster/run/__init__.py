"""A run from its options to its sealed folder, whoever conducts it."""
