"""Decisions, pure: who is offered which section, and why."""
