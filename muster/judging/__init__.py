"""Nouns and controls, and how the one is judged by the other."""
