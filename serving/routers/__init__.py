"""One router per resource; each turns wire models into questions and answers back."""
