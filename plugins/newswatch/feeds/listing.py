"""How are feeds added to config/feeds.yaml without disturbing what people wrote there?

The file keeps its comments, its order and its quoting (ruamel's round trip), is checked whole before it is saved, and
is replaced in one step: nobody ever reads half of it.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from newswatch.errors import ConfigError
from newswatch.feeds.opml import Outline
from newswatch.feeds.settings import FeedList, ListedFeed
from newswatch.yaml_file import read_yaml, read_yaml_text

LONGEST_ID = 60
UNVETTED = 4  # the lowest tier
_EMPTY_LIST = re.compile(r"^(feeds:)\s*\[\s*\][^\n]*", re.MULTILINE)


def add_feeds(path: Path, added: Sequence[ListedFeed]) -> tuple[ListedFeed, ...]:
    """Appends those of `added` whose address is not listed yet, and returns them. Raises ConfigError; then nothing
    changed.
    """
    known = {listed.url for listed in read_yaml(path, FeedList).feeds}
    fresh = tuple({listed.url: listed for listed in added if listed.url not in known}.values())
    if not fresh:
        return ()
    text = _with(path.read_text(encoding="utf-8"), fresh)
    read_yaml_text(text, FeedList, str(path))
    replace_file(path, text)
    return fresh


def new_feed_id(name: str, taken: Collection[str]) -> str:
    """An id made of `name` that is not among `taken`: "El País" -> `el_pais`, `el_pais_2`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_ID] or "feed"
    numbered = (f"{stem}_{number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(one for one in numbered if one not in taken)


def valid_feed(fields: dict[str, Any]) -> ListedFeed:
    """A feed of `fields`, as they would stand in the file. Raises ConfigError naming the first one that is wrong."""
    try:
        return ListedFeed(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{place}: {first['msg']}, found {first['input']!r}. Nothing was added.") from None


def not_yet_listed(outlines: Iterable[Outline], listed: FeedList) -> tuple[ListedFeed, ...]:
    """Another reader's feeds that `listed` lacks, each with a new id and the lowest tier until somebody vets it."""
    taken = {one.id for one in listed.feeds}
    known = {one.url for one in listed.feeds}
    fresh = []
    for outline in (outline for outline in outlines if outline.url not in known):
        feed_id = new_feed_id(outline.title, taken)
        taken.add(feed_id)
        fields = {"id": feed_id, "name": outline.title, "publisher": outline.title, "url": outline.url}
        fresh.append(valid_feed({**fields, "language": outline.language or "en", "tier": UNVETTED}))
    return tuple(fresh)


def replace_file(path: Path, text: str) -> None:
    """`path` with new content, at once and durably, with the permissions it had."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(path.stat().st_mode & 0o777)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise ConfigError(f"{path}: cannot be written ({error.strerror}). The file is as it was.") from None


def _with(text: str, added: Sequence[ListedFeed]) -> str:
    """`text` with a line for each of `added` at its end: `feeds` is the only key of the file, and a list."""
    lines = "".join(f"  - {_line(listed)}\n" for listed in added)
    return _EMPTY_LIST.sub(r"\1", text.rstrip("\n")) + "\n" + lines


def _line(listed: ListedFeed) -> str:
    """Only what differs from the defaults, on one line as in the file's own style."""
    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = True
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # annotated as None, documented as bool
    writer.allow_unicode = True
    writer.width = 4096  # no line breaks in long addresses
    written = io.StringIO()
    writer.dump(listed.model_dump(exclude_defaults=True), written)
    return written.getvalue().strip()
