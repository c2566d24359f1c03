# Partial: only what the product uses of implicit.
