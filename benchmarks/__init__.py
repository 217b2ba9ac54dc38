"""How fast the engine is and how often it calls: `python -m benchmarks [name …]`, or `make bench`."""
