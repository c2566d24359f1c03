"""How good is the ranking of skill gaps: one city a seed, from raw files to the judge."""
