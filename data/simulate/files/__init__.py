"""The city on disk: forms, dirt, and writing."""
