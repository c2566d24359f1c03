"""Job postings: what they say, which of them are one vacancy, how long they stand."""
