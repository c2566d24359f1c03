"""Where things are: districts, towns, institutions, venues, teachers."""
