# Partial: only what the product uses of scikit-learn.
