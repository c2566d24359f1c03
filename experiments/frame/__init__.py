"""What experiments do alike: a process a seed, figures kept by their code, results written down.

An experiment is a script; it puts this folder's parent on its path first.
"""
