"""What moves when a graph becomes models and steps, and whether each thing may: effects, lifetimes, branches, uses."""
