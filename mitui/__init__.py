"""mitui: the health of the managed identity on this host, in a terminal."""

__version__ = "0.1.0"
