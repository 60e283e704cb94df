"""Labelled messages and how well a detector reads them."""
