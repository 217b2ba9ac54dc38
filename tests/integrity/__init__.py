"""Whether a run folder that was changed can be told from one that was not."""
