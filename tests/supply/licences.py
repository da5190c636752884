"""Under which licences does what we install come? Writes docs/licences.md: `make licences`.

Read from the metadata of the installed distributions; for the few whose metadata say nothing or offer a choice, `CHOSEN` says
which and why. Nothing that we ship may oblige whoever runs it to publish their own code: the GPL is refused, the LGPL is fine.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
LOCK, PAGE = REPOSITORY / "requirements.lock", REPOSITORY / "docs" / "licences.md"
CHOSEN = {
    "axe-playwright-python": "MIT (its LICENSE file; the metadata are silent)",
    "text-unidecode": "Artistic-1.0 (chosen; offered under the GPL as well)",
    "tld": "MPL-1.1 (chosen of MPL-1.1, GPL-2.0 and LGPL-2.1)",
}
ELSEWHERE = "not installed on the platform this page was made on"
SHORT = {
    "MIT License": "MIT", "Apache Software License": "Apache-2.0", "Apache 2.0": "Apache-2.0", "BSD License": "BSD", "BSD": "BSD",
    "3-Clause BSD License": "BSD-3-Clause", "ISC License (ISCL)": "ISC", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0", "The Unlicense (Unlicense)": "Unlicense", "MPL 2.0": "MPL-2.0",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
}  # fmt: skip


def locked() -> dict[str, list[str]]:
    """Every package of the lock file with the hashes it may have."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if start := re.match(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", line):
            name = start.group(1).lower()
            found[name] = []
        found.setdefault(name, []).extend(re.findall(r"--hash=(sha256:[0-9a-f]{64})", line)) if name else None
    return found


def licence_of(name: str) -> str:
    """The licence of an installed distribution, as a short expression."""
    if name in CHOSEN:
        return CHOSEN[name]
    try:
        known = metadata(name)
    except PackageNotFoundError:
        return ELSEWHERE
    if expression := known.get("License-Expression"):
        return str(expression)
    classifiers = [
        str(one).rpartition(":: ")[2] for one in known.get_all("Classifier") or [] if "License ::" in str(one)
    ]
    named = [SHORT.get(one, one) for one in classifiers if one != "DFSG approved"]
    text = str(known.get("License") or "").strip().splitlines()
    return " OR ".join(sorted(set(named))) or (SHORT.get(text[0], text[0])[:60] if text else "unknown")


def page() -> str:
    """The whole page."""
    rows = [f"| {name} | {licence_of(name)} |" for name in sorted(locked())]
    return "\n".join(
        [
            "# Licences of what is installed",
            "",
            "Made by `make licences` from `requirements.lock` and the metadata of what is installed; a test compares them.",
            "The sentence encoder under `seeds/model/` is all-MiniLM-L6-v2 (Apache-2.0); htmx, which the pages load, is 0BSD.",
            "",
            "| package | licence |",
            "|---|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
