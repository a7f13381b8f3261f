"""A token that could not be had: the case, the facts that its causes are told from, and the advice."""
