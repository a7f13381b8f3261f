"""The seven token sources, one module each, all of one shape (see ``source.py``)."""
