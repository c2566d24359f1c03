"""The API and the offline verbs that answer from a model bundle."""
