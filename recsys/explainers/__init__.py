"""Explainers: the reasons of a finished list, each a true factor of its score."""
