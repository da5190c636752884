"""What does this YAML file say, and where does it say something wrong?

YAML 1.2 through ruamel.yaml: `NO` stays a country, `12:30` a string, a key written twice is an error. Every complaint names
file:line:column, the key, what was expected, and the nearest known word.
"""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from newswatch.errors import ConfigError

MAX_BYTES = 5 * 1024 * 1024  # the longest honest file, a list of 10,000 feeds, has 2 MB
MAX_ALIASES = 100  # aliases multiply: the "billion laughs" document needs only nine

Model = TypeVar("Model", bound=BaseModel)


def read_yaml(path: Path, model: type[Model]) -> Model:
    """The file as a validated `model`. Raises ConfigError; never returns half a configuration."""
    return validate(_tree(path, _text(path)), model, path)


def read_yaml_text(text: str, model: type[Model], name: str = "<text>") -> Model:
    """As `read_yaml`, for text that is not (yet) a file: an edit to be checked before it is saved."""
    return validate(_tree(Path(name), text), model, Path(name))


def validate(tree: Any, model: type[Model], path: Path) -> Model:
    """A parsed tree as `model`; raises ConfigError with one line per complaint, in order of the file."""
    try:
        return model.model_validate(_plain(tree))
    except ValidationError as error:
        places = sorted((_position(tree, one["loc"]), one) for one in _one_per_place(error.errors()))
        lines = [f"{path}:{line}:{column}: {_complaint(one, model)}" for (line, column), one in places]
    raise ConfigError("\n".join([*lines, "The last valid configuration stays in force until this is mended."]))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(
                f"{path}: larger than {MAX_BYTES // 2**20} MiB. Split it, or check that it is the right file."
            )
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file. Restore it from the repository, or pass --config FOLDER.") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from None


def _tree(path: Path, text: str) -> Any:
    if text.count("*") > MAX_ALIASES and _alias_count(text) > MAX_ALIASES:
        raise ConfigError(f"{path}: more than {MAX_ALIASES} YAML aliases. Write the values out.")
    reader = YAML(typ="rt", pure=True)
    reader.version = (1, 2)
    try:
        tree = reader.load(io.StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        hint = " Indent with spaces, not tabs." if "\t" in str(error) or "'\\t'" in str(error) else ""
        raise ConfigError(f"{where}: not valid YAML: {error.problem or error.context}.{hint}") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not valid YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(tree, Mapping):
        raise ConfigError(f"{path}:1:1: expected `key: value` lines, found {_kind(tree)}.")
    return tree


def _alias_count(text: str) -> int:
    return sum(
        word.startswith("*") and word[1:2].isalnum() for word in text.replace("[", " ").replace(",", " ").split()
    )


def _plain(tree: Any) -> Any:
    if isinstance(tree, Mapping):
        return {str(key): _plain(value) for key, value in tree.items()}
    if isinstance(tree, Sequence) and not isinstance(tree, str | bytes):
        return [_plain(value) for value in tree]
    return tree


def _position(tree: Any, location: tuple[int | str, ...]) -> tuple[int, int]:
    """Line and column (from 1) of the key or element at `location`, or of the nearest parent that has a place."""
    found = (1, 1)
    for step in location:
        if not isinstance(tree, CommentedBase):
            break
        found = _place_of(tree, step) or found
        try:
            tree = tree[step]  # type: ignore[index]  # CommentedMap or CommentedSeq: both take the step
        except (KeyError, IndexError, TypeError):
            break
    return found


def _place_of(tree: CommentedBase, step: int | str) -> tuple[int, int] | None:
    try:
        at = tree.lc.value(step) if isinstance(step, str) else tree.lc.item(step)
        key = tree.lc.key(step) if isinstance(step, str) else at
    except (KeyError, IndexError, TypeError, AttributeError):
        return None
    line, column = key if isinstance(step, str) else at
    return line + 1, column + 1


def _one_per_place(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """A union complains once per member; the first complaint is enough."""
    kept: dict[tuple[int | str, ...], ErrorDetails] = {}
    for one in errors:
        kept.setdefault(tuple(one["loc"]), one)
    return list(kept.values())


def _complaint(error: ErrorDetails, model: type[BaseModel]) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "the file"
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(error["loc"][-1]), known_keys(model), n=1)
        return f"unknown key `{key}`." + (
            f" Did you mean `{near[0]}`?" if near else " Remove it, or see config/schema/."
        )
    if error["type"] == "missing":
        return f"`{key}` is missing. Add it."
    found = error.get("input")
    shown = f", found {found!r}" if isinstance(found, str | int | float | bool) or found is None else ""
    return f"`{key}`: {error['msg'].removeprefix('Value error, ')}{shown}."


def known_keys(model: type[BaseModel]) -> list[str]:
    """Every key that `model` or a model inside it knows."""
    keys: set[str] = set()
    schema = model.model_json_schema(by_alias=True)
    for part in [schema, *schema.get("$defs", {}).values()]:
        keys.update(part.get("properties", {}))
    return sorted(keys)


def _kind(tree: Any) -> str:
    if tree is None:
        return "nothing"
    return "a list" if isinstance(tree, Sequence) and not isinstance(tree, str) else "a single value"
