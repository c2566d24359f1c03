"""What may not enter, and what may not leave: forbidden columns, and cells of too few people."""
