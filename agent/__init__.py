"""Judgement: what a message means and what to do about it. Nothing here does I/O."""
