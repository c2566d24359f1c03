"""Who learns: the population, and what its members tell."""
