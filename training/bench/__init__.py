"""Benchmarks on any tables of the documented shapes, each model in a process of its own."""
