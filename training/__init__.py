"""Fit, judge, publish."""
