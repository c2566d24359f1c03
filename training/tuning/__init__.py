"""Choosing a blend of course scorers on validation parts of train; test data never enter here.

trials ─▶ configs ─▶ the best of each scorer ─▶ shortlists ─▶ weights ─▶ choice
          on a sample of learners               all learners, courses near the top
"""
