"""What the city's tables are, how they get in, where they rest."""
