"""Experiment 001: simple policies in the arena, judged by its truth and by its log.

    world -> facts, log -> knowledge -> pairs -> policies -> judge -> report, figure

Only ``world`` touches the simulator; all later modules see tables, as an analyst would.
"""
