"""Rankers: join the scorers' columns into one score per section."""
