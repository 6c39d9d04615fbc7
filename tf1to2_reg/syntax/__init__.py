"""What Python's `ast` alone tells: modules, imports, variables, bindings."""
