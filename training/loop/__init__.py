"""Closed loop: a trained model makes the lists, and learners' answers make the next term."""

from training.loop.driver import ModelDriver

__all__ = ["ModelDriver"]
