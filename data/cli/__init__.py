"""The one command line, ``xuepei``: finds its verbs, reports errors, sets exit codes."""

from data.cli.root import main, run_verb

__all__ = ["main", "run_verb"]
