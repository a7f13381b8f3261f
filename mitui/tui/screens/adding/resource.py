"""Add a resource to get tokens for: one of this cloud's well-known audiences, or any other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from mitui.engine.identity import is_guid
from mitui.engine.resources import normalise_resource, well_known_resources
from mitui.monitor.intents import AddResource
from mitui.tui.drawing.words import said
from mitui.tui.keys.page_actions import ADD, CHOOSE, LEAVE
from mitui.tui.screens.chooser import Choice, Chooser

_URI: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#]+\S*\Z", re.IGNORECASE)
_LARGEST: Final = 512


@dataclass(frozen=True, slots=True)
class Audience:
    """``resource`` is "" while the text is no audience; ``words`` say why, or what to beware of."""

    words: str
    resource: str = ""
    doubtful: bool = False


def read_audience(text: str) -> Audience:
    """Read free text as a resource, and warn of what an endpoint would take amiss."""
    text = text.strip()
    resource = normalise_resource(text)
    if not (_URI.match(resource) or is_guid(resource)) or len(resource) > _LARGEST:
        return Audience("A resource is a URI such as https://… or api://…, or an application's GUID.")
    if resource != text:
        return Audience(f"/.default belongs to scopes; the resource is {resource}", resource, doubtful=True)
    if resource.endswith("/"):
        note = f"The slash at the end is part of the audience: {resource} and {resource.rstrip('/')} give two tokens"
        return Audience(note, resource, doubtful=True)
    return Audience(f"Adds {resource}", resource)


class AddResourceScreen(Chooser[AddResource | None]):
    """Answers with the resource to add, None when it is left. ``present`` are those that are watched already."""

    hint_actions = (ADD, CHOOSE[1], LEAVE)
    question = "Pick one, or type a resource of your own"

    def __init__(self, cloud: str, present: Sequence[str]) -> None:
        known = well_known_resources(cloud)
        choices = [
            Choice(resource, name, resource, "It is watched already." if resource in present else "")
            for name, resource in known
        ]
        first = next((choice.key for choice in choices if not choice.reason), "")
        super().__init__("Add a resource", choices, first)
        self._present = present

    def words(self, choice: Choice | None, text: str) -> Content:
        if choice is not None:
            return super().words(choice, text) if choice.reason else said(f"Adds {choice.key}", "$success")
        audience = read_audience(text)
        if audience.resource in self._present:
            return said(f"{audience.resource} is watched already.", "$warning")
        return said(audience.words, "$warning" if audience.doubtful or not audience.resource else "$success")

    def taken(self, choice: Choice | None, text: str) -> None:
        if choice is not None:
            if not choice.reason:
                self.leave(AddResource(choice.key, choice.label))
            return
        resource = read_audience(text).resource
        if resource and resource not in self._present:
            self.leave(AddResource(resource))
