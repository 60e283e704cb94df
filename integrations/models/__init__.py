"""Models: the language model that writes, and the local one that embeds."""
