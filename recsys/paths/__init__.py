"""How far a learner is from an occupation, and which courses lead there."""
