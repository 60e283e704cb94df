"""Questions and the lines that answer them: what the search and the choice of answers learn from."""
