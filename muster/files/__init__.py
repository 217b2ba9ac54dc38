"""Files that people write: strict YAML, problems told by line, and the kinds of value they hold."""
