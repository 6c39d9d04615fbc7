"""Decisions: what each part of a program becomes, or why the program stays as it is."""
