"""How a database of an earlier Hotline becomes one of today; `knowledge/database.py` runs it."""
