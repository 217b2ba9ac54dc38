"""The controls: a folder a domain, a file a topic; each function is one control."""
