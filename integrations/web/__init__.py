"""The HTTP API: conversations of visitors, the desk of reps, and the server side."""
