"""Proving: is a control able to fail, and to tell what it could not read? Judged in the sandbox's companies."""
