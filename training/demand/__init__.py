"""Backtests of the demand table."""
