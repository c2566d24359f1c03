"""All tables of people that a city releases for a term, attacked."""
