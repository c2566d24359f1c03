"""Verbs that answer from a model bundle."""
