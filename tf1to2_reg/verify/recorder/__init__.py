"""What runs inside the child processes: it starts the user's program and records what it trains.

These modules need nothing but NumPy and TensorFlow and run under Python 3.7 as well, because a genuine TensorFlow 1
lives there. The process that compares the recordings never imports them.
"""
