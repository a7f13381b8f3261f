"""Parts of JWTs, sound or not."""

from __future__ import annotations

import base64
import json
from typing import Any


def part(value: Any) -> str:
    """A value as one part of a JWT."""
    return base64.urlsafe_b64encode(json.dumps(value).encode("utf-8", "surrogatepass")).decode().rstrip("=")
