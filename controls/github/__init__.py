"""GitHub: only known people reach the code, and nobody changes it alone."""
