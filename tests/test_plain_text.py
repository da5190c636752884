"""What strangers write, as text that can be stored, logged and shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswatch.plain_text import one_line, shortened, storable, text_of_html


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain words", "plain words"),
        ("<p>One.</p><p>Two\n  and three.</p>", "One.\nTwo and three."),
        ("Caf&eacute; &amp; bar", "Café & bar"),
        ("a < b and c > d", "a < b and c > d"),
        ("<script>alert(1)</script><style>p{}</style>Words", "Words"),
        ("<!-- hidden -->Words<br>more", "Words\nmore"),
        ("<b>unclosed <i>tags", "unclosed tags"),
        ("&lt;script&gt; as text", "<script> as text"),
        ("<<<>>>", "<<<>>>"),
        ("<p></p>", ""),
    ],
)
def test_markup_becomes_what_a_reader_would_see(markup: str, text: str) -> None:
    assert text_of_html(markup) == text


@pytest.mark.parametrize(
    ("text", "longest", "cut"),
    [
        ("one two three", 20, "one two three"),
        ("alpha beta gamma", 12, "alpha beta…"),
        ("x" * 10, 5, "xxxx…"),
        ("", 5, ""),
    ],
)
def test_a_text_is_cut_at_a_word(text: str, longest: int, cut: str) -> None:
    assert shortened(text, longest) == cut


@given(st.text(), st.integers(1, 40))
def test_whatever_comes_can_be_stored(text: str, longest: int) -> None:
    for made in (storable(text), one_line(text, longest), text_of_html(text)):
        made.encode("utf-8")
        assert "\x00" not in made and "\u202e" not in made
    assert len(one_line(text, longest)) <= longest
    assert "\n" not in one_line(text, longest)
