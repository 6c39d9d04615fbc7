"""What a network is, decided without a driver: models, shared objects, names."""
