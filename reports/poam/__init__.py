"""The plan of action and milestones: what is open, who answers for it, since when, and by when it is due."""
