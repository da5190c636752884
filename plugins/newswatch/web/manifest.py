"""Which model lies in a folder? Read from its manifest; loading the model itself would take a second."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
LARGEST_FILE = 500_000  # bytes; a card is a few pages


def read_manifest(folder: Path) -> tuple[dict[str, Any] | None, str]:
    """The manifest of the model in `folder` and the model's sha256, which is the manifest's; None without a readable one."""
    text = read_text(folder / MANIFEST)
    manifest = read_json(text)
    return (manifest, hashlib.sha256(text.encode()).hexdigest()) if text and manifest is not None else (None, "")


def read_json(text: str | None) -> dict[str, Any] | None:
    """A JSON object; None for anything else."""
    try:
        found = json.loads(text or "")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def read_text(path: Path) -> str | None:
    """The text of a file, LARGEST_FILE at most; None when it cannot be read."""
    try:
        return path.read_bytes()[:LARGEST_FILE].decode("utf-8", "replace")
    except OSError:
        return None
