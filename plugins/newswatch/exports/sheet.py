"""How do rows become a file that every spreadsheet opens, and none calculates with?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet calculate (OWASP, CSV injection)


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """RFC 4180 with a byte order mark, which Excel needs to read UTF-8. No text begins a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([_cell(row[name]) for name in columns] for row in rows)
    return "\ufeff" + file.getvalue()


def harmless(cell: str) -> str:
    """The cell as text in every spreadsheet: an apostrophe before what would begin a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, int | float):
        return str(value)  # our own number: a minus sign is a minus sign
    if isinstance(value, tuple | list):
        return harmless(" ".join(str(one) for one in value))
    return harmless("" if value is None else str(value))
