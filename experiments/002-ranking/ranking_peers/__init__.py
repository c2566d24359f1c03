"""Experiment 002: the shipped recommender beside its peers, on real sets and in the arena.

files ─▶ splits ─▶ measure (a process per set, model and seed) ─▶ kept under var/ ─┐
simulate ─▶ import ─▶ train ─▶ batch ─▶ judge, and 001's policies ─▶ kept ─────────┤
xuepei bench coldstart, xuepei bench speed ─▶ kept ────────────────────────────────┤
                                            compare ─▶ report, figure ─▶ results.json
"""
