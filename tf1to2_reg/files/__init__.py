"""Files: which there are, which take part, bytes and text, writing."""
