"""Fetches the company's own web site for the library: politely, within bounds, and nothing behind its back."""
