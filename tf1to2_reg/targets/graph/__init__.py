"""The graph target: Keras 3 layers in the program's own graph, by local edits of its files."""
