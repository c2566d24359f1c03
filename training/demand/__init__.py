"""Fitting, backtesting and writing the demand table."""
