"""The TF1 program as data, found by running it in the abstract on Python's `ast`."""
