"""Lets Textual forget the widgets that are gone.

In Textual 8.2.8 ``StylesCache.get_inner_outer`` is an ``lru_cache`` on a method, whose keys hold the styles caches of
up to 1,024 widgets that were removed, with all their rendered lines (Textualize/textual#6665): 1.2 MB for each page
that was opened and closed. Its answer depends on the two colours only.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

from textual._styles_cache import StylesCache


def release_removed_widgets() -> None:
    """Key that cache by the colours alone; to be called once, before anything is drawn."""
    method: Any = StylesCache.get_inner_outer
    of_colours = lru_cache(1024)(partial(method.__wrapped__, None))

    def get_inner_outer(self: StylesCache, *colours: Any) -> Any:
        return of_colours(*colours)

    StylesCache.get_inner_outer = get_inner_outer  # type: ignore[assignment]
