"""Memory: conversations, leads, engagement history and the knowledge library."""
