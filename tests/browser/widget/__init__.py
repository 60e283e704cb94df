"""The widget in a real browser, on pages of other sites that do all that sites do."""
