"""The Pairs page: how tense is it between whom, is it more than chance explains, and which stories made it so?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from newswatch.domain import Dyad
from newswatch.storage.pages.pairs import count_days, find_pair_stories, weigh_reports
from newswatch.storage.pages.story import EarlierStory
from newswatch.web.access import Viewer
from newswatch.web.asked import PairAsked, PairsAsked, address, sides_of
from newswatch.web.axis import scale
from newswatch.web.in_force import classifier_in_force
from newswatch.web.pair_series import MEMORY_HALF_LIVES, STEPS, Point, moments, series, surge_ages
from newswatch.web.render import render
from newswatch.web.site import Site, SiteDep

LISTED = 40
IN_MATRIX = 24  # sides of the matrix; those beyond are hardly reported
PairsQuery = Annotated[PairsAsked, Query()]
PairQuery = Annotated[PairAsked, Query()]
router = APIRouter()


@dataclass(frozen=True)
class PairRow:
    """A pair now, with its way here. Index values in per cent of the weight of all reports; `reports` in the days shown.

    `surges` are the days, by their ends, in which more was reported of the pair than chance explains.
    """

    source: str | None
    target: str | None
    acts: float
    threats: float
    surging: bool
    reports: int
    points: tuple[Point, ...]
    surges: tuple[datetime, ...] = ()

    @property
    def total(self) -> float:
        return self.acts + self.threats


@dataclass(frozen=True)
class PairView:
    """One pair with the stories of the days shown, or of the one point that was asked for."""

    row: PairRow
    since: datetime
    until: datetime
    stories: tuple[EarlierStory, ...]


def all_pairs(site: Site, days: int) -> list[PairRow]:
    """Every pair reported in these days, the tensest first."""
    settings, now = classifier_in_force(site), site.now
    memory = timedelta(hours=settings.index.half_life_hours * MEMORY_HALF_LIVES)
    at = moments(now, days)
    with site.db.read() as connection:
        weighed = weigh_reports(
            connection, since=at[0] - memory, start=at[0], step=STEPS[days], until=now,
            half_life_hours=settings.index.half_life_hours,
        )  # fmt: skip
        counts, totals = count_days(connection, now=now, days=days + settings.index.baseline_days)
    drawn = series(weighed, settings.severity.signals, settings.index, at)
    surges = surge_ages(counts, totals, settings.index)
    reports: Counter[Dyad] = Counter()
    for one in weighed:
        if one.place > 0:
            reports[one.dyad] += one.reports
    rows = [
        _row(dyad, points, surges.get(dyad, ()), reports[dyad], now) for dyad, points in drawn.items() if reports[dyad]
    ]
    return sorted(rows, key=lambda row: (-row.total, -row.reports, str(row.source), str(row.target)))


def one_pair(site: Site, asked: PairAsked) -> PairView:
    """The pair asked for. Raises HTTPException 404 when nobody reported it in these days."""
    dyad = Dyad(*sides_of(asked.pair))
    rows = [row for row in all_pairs(site, asked.days) if (row.source, row.target) == (dyad.source, dyad.target)]
    if not rows:
        raise HTTPException(404, f"Nobody reported {dyad} in the last {asked.days} days.")
    since, until = site.now - timedelta(days=asked.days), site.now
    if asked.at is not None:
        since, until = _span_of(asked.at, rows[0].points, asked.days)
    with site.db.read() as connection:
        stories = find_pair_stories(connection, dyad, since=since, until=until)
    return PairView(rows[0], since, until, tuple(stories))


def _span_of(at: datetime, points: Sequence[Point], days: int) -> tuple[datetime, datetime]:
    """The time that made the point nearest to `at`: from the point before it, a day at least."""
    until = min((point.at for point in points), key=lambda one: abs(one - at))
    return until - max(STEPS[days], timedelta(days=1)), until


@router.get("/pairs", response_class=HTMLResponse, include_in_schema=False)
def pairs_page(request: Request, asked: PairsQuery, visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """Every pair as a line, and the pairs of the most frequent sides as a matrix."""
    rows = all_pairs(site, asked.days)
    most = max((point.acts + point.threats for row in rows[:LISTED] for point in row.points), default=1.0) or 1.0
    return render(
        request, "pairs.html", visitor, asked=asked, rows=rows[:LISTED], most=most, matrix=matrix(rows),
        left_out=max(0, len(rows) - LISTED), chart=chart, link=_link,
    )  # fmt: skip


@router.get("/pair", response_class=HTMLResponse, include_in_schema=False)
def pair_page(request: Request, asked: PairQuery, visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """One pair; every point of its line is a link to its stories."""
    view = one_pair(site, asked)
    most = max((point.acts + point.threats for point in view.row.points), default=1.0) or 1.0
    return render(
        request, "pair.html", visitor, asked=asked, view=view, most=most, chart=chart, link=_link, lines=scale(most)
    )


@router.get("/api/pairs", tags=["pairs"])
def pairs_json(asked: PairsQuery, visitor: Viewer, site: SiteDep) -> list[PairRow]:
    """The escalation index of every directed pair, the tensest first."""
    return all_pairs(site, asked.days)


@router.get("/api/pair", tags=["pairs"])
def pair_json(asked: PairQuery, visitor: Viewer, site: SiteDep) -> PairView:
    """One pair with its stories."""
    return one_pair(site, asked)


@dataclass(frozen=True)
class Matrix:
    """Who against whom: `cells[source][target]` is the index now."""

    sides: tuple[str, ...]
    cells: Mapping[str, Mapping[str, PairRow]]
    most: float


def matrix(rows: Sequence[PairRow]) -> Matrix:
    """The pairs between the sides that are reported most."""
    known = [row for row in rows if row.source and row.target]
    weight: Counter[str] = Counter()
    for row in known:
        weight[str(row.source)] += row.reports
        weight[str(row.target)] += row.reports
    sides = tuple(side for side, _ in weight.most_common(IN_MATRIX))
    cells: dict[str, dict[str, PairRow]] = {side: {} for side in sides}
    for row in known:
        if row.source in cells and row.target in cells:
            cells[str(row.source)][str(row.target)] = row
    return Matrix(sides, cells, max((row.total for row in known), default=1.0) or 1.0)


@dataclass(frozen=True)
class Chart:
    """Outlines for SVG, in a box of 1000 by 100 that hangs from the top: acts as an area, acts and threats above it.

    `surges` has the place (per cent of the width) and the end of each day with a surge.
    """

    acts: str
    total: str
    spots: tuple[tuple[float, float, Point], ...]
    surges: tuple[tuple[float, datetime], ...] = ()


def chart(points: Sequence[Point], most: float, surges: Sequence[datetime] = ()) -> Chart:
    """The line of a pair, `most` being the value at the top of the box."""
    step = 1000 / max(len(points) - 1, 1)
    acts = [(round(i * step, 1), _height(point.acts, most)) for i, point in enumerate(points)]
    total = [(round(i * step, 1), _height(point.acts + point.threats, most)) for i, point in enumerate(points)]
    spots = tuple((x, y, point) for (x, y), point in zip(total, points, strict=True))
    return Chart(_area(acts), _area(total), spots, tuple((_place(at, points), at) for at in surges if points))


def _place(at: datetime, points: Sequence[Point]) -> float:
    """Per cent of the width."""
    first, whole = points[0].at, points[-1].at - points[0].at
    return round(max(0.0, 100 * ((at - first) / whole)), 2) if whole else 100.0


def _height(value: float, most: float) -> float:
    return round(100 - 100 * min(value / most, 1.0), 2)


def _area(outline: Sequence[tuple[float, float]]) -> str:
    return " ".join(["M0 100", *(f"L{x:g} {y:g}" for x, y in outline), "L1000 100Z"])


def _row(dyad: Dyad, points: tuple[Point, ...], surge_ages: Sequence[int], reports: int, now: datetime) -> PairRow:
    last = points[-1]
    surges = tuple(now - timedelta(days=age) for age in surge_ages)
    return PairRow(dyad.source, dyad.target, last.acts, last.threats, 0 in surge_ages, reports, points, surges)


def _link(row: PairRow, asked: PairsAsked, **changes: Any) -> str:
    wanted = PairAsked(pair=f"{row.source or ''}→{row.target or ''}", days=asked.days)
    return f"/pair?{urlencode(address(wanted, **changes))}"
