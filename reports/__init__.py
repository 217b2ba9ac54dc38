"""Reports: documents made from a run folder, and from nothing else."""
