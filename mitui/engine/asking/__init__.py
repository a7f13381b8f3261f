"""One token asked for: whether the endpoint may be called, attempts and waits, and what an error means."""
