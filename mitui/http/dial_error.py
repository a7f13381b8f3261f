"""The error of a connection that could not be had."""

from __future__ import annotations

from mitui.http.message import TransportProblem


class DialError(Exception):
    """A connection that was not made, or not trusted: the problem and a sentence."""

    def __init__(self, problem: TransportProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message
