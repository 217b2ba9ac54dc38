"""Controls of what runs code: instances and functions."""
