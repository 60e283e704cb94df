"""The load generator: visitors who write at planned instants, whatever the server does, and what that costs it."""
