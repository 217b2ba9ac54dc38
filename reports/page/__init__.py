"""`index.html`: the page of a run that a reader opens without Muster, AWS access or a network."""
