"""Which receivers hear of a story? A walk through the route tree, as Alertmanager does it.

A route whose matchers all fit takes the story; its children are tried in order, the first that fits decides unless it says
`continue`; where no child fits the route itself takes it. What a child does not set it inherits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from newswatch.alerts.matchers import Labels, all_fit
from newswatch.alerts.tree import Budget, Route

NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Matched:
    """A route that took a story, with everything it inherits. `path` names it: "0.2" is the third child of the first child."""

    path: str
    receiver: str
    min_severity: int = 1
    group_by: tuple[str, ...] = ("story",)
    group_wait: timedelta = timedelta(seconds=30)
    group_interval: timedelta = timedelta(minutes=5)
    repeat_interval: timedelta | None = None
    budget: Budget | None = None
    mute_time_intervals: tuple[str, ...] = ()
    mute_ceiling: int = 5

    def group_key(self, labels: Labels) -> str:
        """Stories with one key share a message. A story that has none of these labels is a group of its own."""
        values = [",".join(labels.get(label, ())) for label in self.group_by]
        known = any(
            value for label, value in zip(self.group_by, values, strict=True) if label not in ("signal", "family")
        )
        return "|".join((self.receiver, self.path, *(values if known else (*values, *labels.get("story", ())))))


def find_routes(root: Route, labels: Labels) -> tuple[Matched, ...]:
    """Every route that takes a story with these labels, in the order of the file."""
    start = _inherit(Matched(path="", receiver=str(root.receiver)), root, path="")
    return _descend(root, start, labels)


def _descend(route: Route, settled: Matched, labels: Labels) -> tuple[Matched, ...]:
    found: list[Matched] = []
    for number, child in enumerate(route.routes):
        if all_fit(child.conditions, labels):
            path = f"{settled.path}.{number}".removeprefix(".")
            found.extend(_descend(child, _inherit(settled, child, path=path), labels))
            if not child.continue_:
                break
    return tuple(found) or (settled,)


def _inherit(parent: Matched, route: Route, *, path: str) -> Matched:
    """Mute intervals are a route's own, as in Alertmanager; all else passes down."""
    own = {
        name: getattr(route, name)
        for name in (
            "receiver",
            "min_severity",
            "group_by",
            "group_wait",
            "group_interval",
            "repeat_interval",
            "budget",
        )
        if getattr(route, name) is not None
    }
    return replace(
        parent, path=path, mute_time_intervals=route.mute_time_intervals, mute_ceiling=route.mute_ceiling, **own
    )
