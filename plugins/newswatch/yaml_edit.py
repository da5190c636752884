"""How is one value of a YAML file changed without touching the rest? Comments, order and quotes stay as they were written."""

from __future__ import annotations

import io
from collections.abc import Mapping, MutableMapping, MutableSequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.representer import RoundTripRepresenter

from newswatch.errors import ConfigError

Patch = Mapping[str, Any]
"""Values by key, nested as in the file; an element of a list is named by its place ("0"); None removes a key."""


def patched(text: str, patch: Patch) -> str:
    """`text` with the values of `patch`. Raises ConfigError for a place that cannot hold what is to be put there."""
    editor = _editor()
    tree = editor.load(text)
    if not isinstance(tree, MutableMapping):
        raise ConfigError(
            "This file holds no `key: value` lines, so no value can be changed in it. Nothing was changed."
        )
    _apply(tree, patch, "")
    written = io.StringIO()
    editor.dump(tree, written)
    return written.getvalue()


def plain_yaml(content: Mapping[str, Any]) -> str:
    """Values as YAML without comments: for a revision of which only the values are known."""
    written = io.StringIO()
    _editor().dump(dict(content), written)
    return written.getvalue()


def _editor() -> YAML:
    editor = YAML(typ="rt", pure=True)
    editor.version = None
    editor.preserve_quotes = True
    editor.width = 4096  # lines are as long as their author made them
    editor.indent(mapping=2, sequence=4, offset=2)
    editor.Representer = _Representer
    return editor


class _Representer(RoundTripRepresenter):
    """Writes None as `null`. A class of its own: what is added to ruamel's class holds for every editor of the process."""

    def _null(self, _: None) -> Any:
        return self.represent_scalar("tag:yaml.org,2002:null", "null")


_Representer.add_representer(type(None), _Representer._null)


def _apply(tree: Any, patch: Patch, path: str) -> None:
    for key, value in patch.items():
        where = f"{path}.{key}" if path else key
        place = _place(tree, key, where)
        if value is None and isinstance(tree, MutableMapping):
            tree.pop(place, None)
            if isinstance(tree, CommentedMap) and not tree:
                tree.fa.set_flow_style()  # `key: {}` on the key's own line; in block style an empty mapping is no YAML
        elif isinstance(value, Mapping) and _holds(tree, place):
            _apply(tree[place], value, where)
        elif isinstance(tree, MutableSequence) and not _holds_any(tree, place):
            raise ConfigError(f"`{where}`: the list has only {len(tree)} elements. Nothing was changed.")
        else:
            tree[place] = dict(value) if isinstance(value, Mapping) else value


def _place(tree: Any, key: str, where: str) -> Any:
    if isinstance(tree, MutableMapping):
        return key
    if isinstance(tree, MutableSequence) and str(key).isdigit():
        return int(key)
    raise ConfigError(f"`{where}`: there is a single value, which holds no others. Nothing was changed.")


def _holds(tree: Any, place: Any) -> bool:
    return _holds_any(tree, place) and isinstance(tree[place], MutableMapping | MutableSequence)


def _holds_any(tree: Any, place: Any) -> bool:
    return place in tree if isinstance(tree, MutableMapping) else place < len(tree)
