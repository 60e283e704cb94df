"""Hotline is killed and troubled in every way we know of, and afterwards its books are audited."""
