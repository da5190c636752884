"""The pure parts: the sum and its other outcomes, marked words, the timeline, the index, words for moments."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from newswatch.domain import Dyad, Factor, Severity
from newswatch.storage.pages.pairs import Weighed
from newswatch.stories.index import Mention, index_at
from newswatch.stories.settings import IndexSettings, SeveritySettings
from newswatch.web.asked import InboxAsked, address, sides_of
from newswatch.web.highlight import mark_found, mark_terms
from newswatch.web.pair_series import moments, series
from newswatch.web.timeline import Moment, timeline
from newswatch.web.why import why
from newswatch.web.words import ago, clock, day, fetch_bars, span

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
LEVELS = (0.25, 0.44, 0.78, 1.15)


def a_sum(
    score: float, level: int, *factors: tuple[str, str, float], needed: int | None, threshold: float | None = None
):
    severity = Severity(level, score, tuple(Factor(*one) for one in factors))
    return why(signal="launch", score=0.91, threshold=threshold, severity=severity, levels=LEVELS, needed=needed)


def test_what_would_have_kept_it_quiet() -> None:
    found = a_sum(
        0.85,
        4,
        ("signal", "launch", 0.9),
        ("belief", "2 origins", 1.12),
        ("pair", "PRK→JPN", 1.2),
        needed=4,
        threshold=0.62,
    )

    assert [(one.name, one.severity_without) for one in found.factors] == [("signal", 4), ("belief", 3), ("pair", 3)]
    assert found.otherwise == (
        "the threshold of launch stood above 0.91 (it is 0.62)",
        "belief counted nothing: without “2 origins” (× 1.12) severity 3",
        "pair counted nothing: without “PRK→JPN” (× 1.2) severity 3",
        "every report were a denial, a comment or a look back (× 0)",
        "the route asked for severity 5 (it asks for 4)",
    )


def test_a_grave_story_hangs_on_no_single_factor() -> None:
    found = a_sum(1.9, 5, ("belief", "3 origins", 1.2), needed=3)

    assert found.otherwise == ("every report were a denial, a comment or a look back (× 0)",)


def test_a_factor_of_nothing_divides_nothing() -> None:
    assert a_sum(0.0, 1, ("modality", "denial", 0.0), needed=3).factors[0].severity_without is None


MARKED = {
    "words of terms": (
        "Korea fires missile",
        ("missile", "fires_missile"),
        (("Korea ", False), ("fires", True), (" ", False), ("missile", True)),
    ),
    "case does not matter": ("MISSILE over Japan", ("missile",), (("MISSILE", True), (" over Japan", False))),
    "no part of a word": ("missiles", ("missile",), (("missiles", False),)),
    "no short words": ("to be or not", ("to", "be"), (("to be or not", False),)),
    "no terms": ("anything", (), (("anything", False),)),
    "markup is text": ("<b>fire</b>", ("fire",), (("<b>", False), ("fire", True), ("</b>", False))),
}


@pytest.mark.parametrize(("sentence", "terms", "pieces"), MARKED.values(), ids=MARKED.keys())
def test_terms_are_marked(sentence: str, terms: tuple[str, ...], pieces) -> None:
    assert mark_terms(sentence, terms) == pieces
    assert "".join(text for text, _ in pieces) == sentence


def test_found_words_are_marked() -> None:
    assert mark_found("a \x02b\x03 c") == (("a ", False), ("b", True), (" c", False))
    assert mark_found("never closed \x02b") == (("never closed ", False), ("b", False))


def a_moment(number: int, minutes: int, origin: str, **changes) -> Moment:
    known = {"publisher": origin, "title": "t", "is_copy": False}
    return Moment(number, NOW + timedelta(minutes=minutes), origin, **(known | changes))


def test_lanes_in_the_order_they_spoke() -> None:
    drawn = timeline([a_moment(3, 60, "AP"), a_moment(1, 0, "KCNA"), a_moment(2, 30, "AP", is_copy=True)])

    assert drawn is not None
    assert [(lane.origin, [dot.x for dot in lane.dots]) for lane in drawn.lanes] == [
        ("KCNA", [0.0]),
        ("AP", [50.0, 100.0]),
    ]


def test_one_report_and_none_and_too_many() -> None:
    assert timeline([]) is None
    alone = timeline([a_moment(1, 0, "AP")])
    assert alone is not None and alone.lanes[0].dots[0].x == 0.0 and alone.end > alone.start
    many = timeline([a_moment(number, number, f"o{number}") for number in range(30)])
    assert many is not None and [lane.origin for lane in many.lanes][-1] == "others"
    assert sum(len(lane.dots) for lane in many.lanes) == 30


def weighed(mentions: list[Mention], at: tuple[datetime, ...]) -> list[Weighed]:
    """What the storage makes of single mentions."""
    step, found = at[1] - at[0], []
    for one in mentions:
        age = one.at - at[0]
        weight = 2.0 ** (age.total_seconds() / 3600 / IndexSettings().half_life_hours)
        found.append(Weighed(one.dyad, one.signals, max(0, math.ceil(age / step)), weight, 1))
    return found


def test_the_series_is_the_index_at_every_moment() -> None:
    settings, weights = IndexSettings(), SeveritySettings().signals
    pairs = (Dyad("PRK", "JPN"), Dyad("JPN", "PRK"), Dyad(None, "IRN"))
    signals = (("launch",), ("threat", "condemnation"), ("deescalation",), ("attack", "threat"), ())
    mentions = [
        Mention(NOW - timedelta(hours=7 * number), pairs[number % 3], signals[number % 5]) for number in range(200)
    ]
    at = moments(NOW, 30)
    drawn = series(weighed(mentions, at), weights, settings, at)

    assert at[-1] == NOW and len(at) == 61
    for number in (0, 17, 60):
        for value in index_at(mentions, weights, settings, at[number]):
            assert drawn[value.dyad][number].acts == pytest.approx(value.acts)
            assert drawn[value.dyad][number].threats == pytest.approx(value.threats)


def test_a_year_of_it_neither_overflows_nor_drowns() -> None:
    mentions = [Mention(NOW - timedelta(days=days), Dyad("A", "B"), ("attack",)) for days in range(380)]
    at = moments(NOW, 365)
    drawn = series(weighed(mentions, at), {"attack": 0.8}, IndexSettings(), at)

    assert {round(point.acts, 6) for point in drawn[Dyad("A", "B")]} == {80.0}


PAIRS = {
    "PRK→JPN": ("PRK", "JPN"),
    "prk->jpn": ("PRK", "JPN"),
    " PRK > JPN ": ("PRK", "JPN"),
    "PRK-JPN": ("PRK", "JPN"),
    "PRK JPN": ("PRK", "JPN"),
    "PRK": ("PRK", None),
    "→JPN": (None, "JPN"),
    "PRK→": ("PRK", None),
    "?→JPN": (None, "JPN"),
    None: (None, None),
}


@pytest.mark.parametrize(("text", "sides"), PAIRS.items())
def test_a_pair_as_people_write_it(text: str | None, sides) -> None:
    assert sides_of(text) == sides


@pytest.mark.parametrize("text", ["PRK→JPN→KOR", "P", "<b>", "PRK/JPN", "→" * 5, "PRKJPNKORUSACHN"])
def test_what_is_no_pair(text: str) -> None:
    with pytest.raises(ValueError, match="write a pair as"):
        sides_of(text)


def test_an_address_holds_what_differs() -> None:
    asked = InboxAsked.model_validate({"signal": "launch", "pair": "", "open": "true", "utm_source": "mail"})

    assert address(asked) == {"signal": "launch", "open": "true"}
    assert address(asked, signal=None, page=2) == {"open": "true", "page": 2}


def test_moments_in_words() -> None:
    assert [ago(NOW - timedelta(seconds=s), NOW) for s in (0, 59, 60, 3600, 5400, 86400, 86400 * 3)] == [
        "just now", "just now", "1 min ago", "60 min ago", "2 h ago", "24 h ago", "3 d ago",
    ]  # fmt: skip
    assert (ago(NOW + timedelta(minutes=4), NOW), ago(None, NOW)) == ("in 4 min", "never")
    assert [span(s) for s in (0.4, 40, 90, 7200, None)] == ["0 s", "40 s", "2 min", "2 h", "–"]
    assert [clock(NOW - timedelta(days=d), NOW) for d in (0, 1, 100)] == ["12:00", "07 Mar 12:00", "28 Nov 2025 12:00"]
    assert [day(NOW - timedelta(days=d), NOW) for d in (0, 1, 2)] == ["Today", "Yesterday", "Friday 06 March"]


def test_bars_stand_at_the_right_and_differ_in_height() -> None:
    assert fetch_bars(("fetched", "failed", "fetched")) == [
        ("failed", "M132 14v-14h4v14z"),
        ("fetched", "M126 14v-11h4v11zM138 14v-11h4v11z"),
    ]
    assert fetch_bars(()) == []
