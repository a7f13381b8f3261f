"""The values of options: text -> value, or ArgumentTypeError with a sentence that says what is allowed."""

from __future__ import annotations

import argparse
import ipaddress
import math
import re
from typing import Final

from mitui.engine.identity import Identity, IdentitySyntaxError, parse_identity

LONGEST_TIMEOUT: Final = 3_600.0
_DURATION: Final = re.compile(r"(\d{1,9})([smhd]?)")
_ADDRESS: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\[\]]+)):(\d{1,5})")
_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


def identity(text: str) -> Identity:
    """An identity by its SPEC."""
    try:
        return parse_identity(text)
    except IdentitySyntaxError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def resource(text: str) -> str:
    """A resource to ask a token for."""
    if not text.strip() or any(char.isspace() for char in text.strip()):
        raise argparse.ArgumentTypeError(f"{text!r} is no resource: write one such as https://management.azure.com")
    return text.strip()


def want(text: str) -> tuple[str, ...]:
    """Permissions that are wanted."""
    from mitui.keyvault.wanted import WantSyntaxError, parse_want

    try:
        return parse_want(text)
    except WantSyntaxError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def seconds(text: str) -> float:
    """A time-out."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= LONGEST_TIMEOUT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0 and up to {LONGEST_TIMEOUT:.0f}")
    return value


def duration(text: str) -> float:
    """A time in seconds, minutes, hours or days; in seconds."""
    found = _DURATION.fullmatch(text) if text.isascii() else None
    if found is None or not int(found[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is no time: write one such as 900, 900s, 15m, 2h or 1d")
    return float(int(found[1]) * _UNITS[found[2]])


def process_id(text: str) -> int:
    """A process to look as."""
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no process ID: it must be a whole number above 0")
    return int(text)


def listen_address(text: str) -> tuple[str, int]:
    """An address and a port to listen on."""
    found = _ADDRESS.fullmatch(text) if text.isascii() else None
    host = (found[1] or found[2]) if found is not None else ""
    try:
        address = str(ipaddress.ip_address("127.0.0.1" if host == "localhost" else host))
    except ValueError:
        address = ""
    if found is None or not address or int(found[3]) > 65535:
        raise argparse.ArgumentTypeError(
            f"{text!r} can't be listened on: write an IP address and a port, such as 127.0.0.1:9914 or [::1]:9914"
        )
    return address, int(found[3])
