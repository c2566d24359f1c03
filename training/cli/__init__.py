"""Verbs that fit and judge."""
