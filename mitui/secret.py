"""A value that must not be shown."""

from __future__ import annotations

from typing import Final


class Secret:
    """Holds a string that no repr, format, log line or crash report can show; ``reveal()`` is the only way to it.

    Equality compares the hidden values, so that frozen dataclasses holding a Secret keep value equality.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value: Final = value

    def reveal(self) -> str:
        """The hidden string. Call it only where it goes onto the wire."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __len__(self) -> int:
        return len(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a Secret is never pickled or copied out of the process")
