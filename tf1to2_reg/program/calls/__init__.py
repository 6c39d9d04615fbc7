"""What calls give in the abstract run, a module per kind of call."""
