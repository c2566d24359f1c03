"""What to open where, timed and held against its proven bound on a city made for it."""
