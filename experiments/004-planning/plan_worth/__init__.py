"""What the sections of a plan close of the true gap, whatever the plan was made from."""
