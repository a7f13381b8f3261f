"""What is watched, and how each part of it is kept fresh: the host, tokens, vaults."""
