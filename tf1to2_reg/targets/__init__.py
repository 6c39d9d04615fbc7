"""What can become of a program."""
