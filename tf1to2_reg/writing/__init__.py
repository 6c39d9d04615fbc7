"""New text from a network: models, reads, imports."""
