"""Wake-ups: what makes the watch look at a conversation at the right moment."""
