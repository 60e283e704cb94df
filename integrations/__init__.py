"""Wires: each module speaks to one other system; `app.py` joins them all."""
