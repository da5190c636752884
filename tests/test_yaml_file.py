"""An error in a file names its place, what was expected, and the nearest known word."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from newswatch.errors import ConfigError
from newswatch.yaml_file import read_yaml, read_yaml_text


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    threshold: float = Field(0.5, ge=0, le=1)
    countries: tuple[str, ...] = ()


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = "x"
    inner: Inner = Inner()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        pytest.param("inner:\n  treshold: 0.4\n", "f.yaml:2:3:", "Did you mean `threshold`?", id="unknown key"),
        pytest.param(
            "inner:\n  threshold: 1.4\n", "f.yaml:2:3:", "less than or equal to 1, found 1.4", id="out of range"
        ),
        pytest.param("name: a\nname: b\n", "f.yaml:2:1:", "duplicate key", id="key twice"),
        pytest.param("inner:\n\tthreshold: 1\n", "f.yaml:2:1:", "tabs", id="tab"),
        pytest.param("inner: [1\n", "f.yaml:", "not valid YAML", id="unclosed list"),
        pytest.param("- a\n- b\n", "f.yaml:1:1:", "found a list", id="a list"),
        pytest.param("", "f.yaml:1:1:", "found nothing", id="empty file"),
        pytest.param("name: !!python/object:os.system x\n", "f.yaml", "", id="python object"),
        pytest.param(
            "inner: {countries: [NO, 12:30, 7]}\n", "f.yaml:1:32:", "valid string, found 7", id="a number in a list"
        ),
    ],
)
def test_a_fault_names_its_place(text: str, place: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_yaml_text(text, Outer, "f.yaml")

    assert str(caught.value).startswith(place)
    assert words in str(caught.value)


def test_norway_and_half_past_twelve_stay_what_they_are() -> None:
    read = read_yaml_text("inner: {countries: [NO, ON, 12:30]}\n", Outer)

    assert read.inner.countries == ("NO", "ON", "12:30")


def test_aliases_cannot_multiply() -> None:
    bomb = "a: &a [x]\n" + "b: [" + ", ".join(["*a"] * 200) + "]\n"

    with pytest.raises(ConfigError, match="aliases"):
        read_yaml_text(bomb, Outer)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(None, "no such file", id="missing"),
        pytest.param(b"name: \xff\xfe", "not UTF-8", id="another encoding"),
        pytest.param(b"#" * (6 * 1024 * 1024), "larger than", id="too large"),
    ],
)
def test_an_unreadable_file_is_one_clear_error(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "f.yaml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match=words):
        read_yaml(path, Outer)
