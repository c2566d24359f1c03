"""Verbs of this package: features, train, evaluate, bench."""
