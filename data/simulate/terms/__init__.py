"""What happens in a term: lists, choices, seats, and what follows."""
