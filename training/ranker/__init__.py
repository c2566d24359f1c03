"""Fitting the additive ranker to logged lists."""
