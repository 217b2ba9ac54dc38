"""The run folder: written, hashed, signed and verified; stands alone."""
