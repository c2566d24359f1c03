"""How good lists are: accuracy, breadth, and how sure we are; every item ranked, none sampled."""
