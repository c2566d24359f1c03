"""Wires the stages by policy: query -> candidates -> rules -> scorers -> ranker -> list."""
