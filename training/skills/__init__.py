"""Fits and judges the extraction of skills from the text of job postings."""
