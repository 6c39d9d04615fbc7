"""The graph target: the program keeps its graph and its Session, its layers become Keras layers in that graph."""
