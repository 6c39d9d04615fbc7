"""What becomes of a program: one package for each target."""
