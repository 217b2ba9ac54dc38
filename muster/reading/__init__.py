"""Questions to APIs and their answers: asked once, redacted, kept."""
