"""What do the written pages name? Commands, settings, files, variables: taken out of Markdown, with where they stand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
ENDS = {"|", "&&", ";", ">", "<", "#", "&"}


@dataclass(frozen=True)
class Word:
    """A piece of code in a page. `block` tells the language of its fence, or None for code in a line."""

    page: str
    text: str
    block: str | None = None


def written_pages() -> list[Path]:
    """Every page that a person wrote; the reference is written by the code."""
    pages = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", REPOSITORY / "CHANGELOG.md"]
    return pages + sorted(one for one in (REPOSITORY / "docs").rglob("*.md") if one.parent.name != "reference")


def words_of(page: Path) -> Iterator[Word]:
    """Code in lines, and each line of each fence; a line that ends in a backslash goes on."""
    text, name = page.read_text(encoding="utf-8"), page.relative_to(REPOSITORY).as_posix()
    for language, block in FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            yield Word(name, line.strip(), language)
    for inline in INLINE.findall(FENCE.sub("", text)):
        yield Word(name, inline)


def all_words() -> list[Word]:
    return [word for page in written_pages() for word in words_of(page)]


def fences(language: str) -> Iterator[tuple[str, str]]:
    """(page, content) of every fence in `language`."""
    for page in written_pages():
        for found, block in FENCE.findall(page.read_text(encoding="utf-8")):
            if found == language:
                yield page.relative_to(REPOSITORY).as_posix(), block


def calls(text: str, program: str) -> Iterator[list[str]]:
    """The words after `program` wherever it is called in a line of shell, up to a pipe or the end."""
    try:
        parts = shlex.split(text, comments=True)
    except ValueError:  # a sentence with an apostrophe, not a command
        parts = text.split()
    for place, part in enumerate(parts):
        if part.rsplit("/", 1)[-1] == program and not (place and parts[place - 1] in ("cd", "ops")):
            called = []
            for word in parts[place + 1 :]:
                if word in ENDS:
                    break
                called.append(word)
            yield called
