"""A vault that refused: the case, the facts that its causes are told from, and the advice."""
