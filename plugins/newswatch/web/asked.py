"""What does an address ask for? Query parameters as values; a form's empty field asks for nothing in particular."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from newswatch.domain import SIGNALS
from newswatch.web.render import STORY_STATES

_ARROW = re.compile(r"^\s*(?P<source>[A-Za-z0-9*?]*)\s*(→|->|>|-|\s)\s*(?P<target>[A-Za-z0-9*?]*)\s*$")
_SIDE = re.compile(r"^[A-Z][A-Z0-9]{1,11}$")
LONGEST_QUERY = 300


def _nothing(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _visible(text: str | None) -> str | None:
    """PostgreSQL refuses NUL, and no honest visitor types a control character."""
    if text is not None and any(ord(sign) < 32 or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise ValueError("holds a control character")
    return text


def _known_signal(signal: str | None) -> str | None:
    if signal is not None and signal not in SIGNALS:
        raise ValueError(f"unknown signal; known are {', '.join(SIGNALS)}")
    return signal


def _known_state(state: str | None) -> str | None:
    if state is not None and state not in STORY_STATES:
        raise ValueError(f"unknown state; known are {', '.join(STORY_STATES)}")
    return state


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _some_pair(pair: str) -> str:
    if sides_of(pair) == (None, None):
        raise ValueError("name at least one side, such as PRK→JPN")
    return pair


def _readable_pair(pair: str | None) -> str | None:
    if pair is not None:
        sides_of(pair)
    return pair


Blank = BeforeValidator(_nothing)
Visible = AfterValidator(_visible)
Text = Annotated[Annotated[str, Field(max_length=200)] | None, Blank, Visible]
Signal = Annotated[str | None, Blank, AfterValidator(_known_signal)]
State = Annotated[str | None, Blank, AfterValidator(_known_state)]
Pair = Annotated[
    Annotated[str, Field(max_length=40)] | None, Blank, Field(examples=["PRK→JPN"]), AfterValidator(_readable_pair)
]
Day = Annotated[Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None, Blank]
Threshold = Annotated[
    Annotated[float, Field(ge=0.01, le=0.99)] | None,
    Blank,
    Field(description="Lowest probability at which the signal fires; left out: the one in force."),
]
Page = Annotated[int, Field(ge=1, le=1000)]
AlertKey = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,100}$", description="As an alert's `alert_key`.")]
StoryId = Annotated[str, Path(pattern=r"^[!-.0-~]{1,200}$", description="As a story's `story_id`.")]
FeedId = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,100}$", description="As in config/feeds.yaml.")]
SilenceId = Annotated[int, Path(ge=1, le=2**63 - 1, description="As a silence's `silence_id`.")]


class Asked(BaseModel):
    """Parameters of one page; unknown ones are left alone, for links grow tails."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_default=False)


class InboxAsked(Asked):
    """What the Alerts page is asked for."""

    view: Literal["told", "held"] = Field(
        "told", description="told: what people were told; held: what they were not, and why."
    )
    signal: Signal = Field(None, description="Stories that carry this signal.")
    pair: Pair = Field(
        None, description="Directed pair of ISO alpha-3 codes, such as PRK→JPN; one side may be missing."
    )
    severity: Annotated[Annotated[int, Field(ge=1, le=5)] | None, Blank] = Field(
        None, description="This severity and above."
    )
    state: State = Field(None, description="The state the story is in.")
    receiver: Text = Field(None, description="Told to, or held back from, this receiver.")
    reason: Text = Field(None, description="With view=held: held for this reason.")
    days: Annotated[Literal[1, 7, 30, 365], BeforeValidator(_number)] = Field(
        7, description="Decided in the last so many days."
    )
    order: Literal["newest", "gravest"] = Field("newest", description="What comes first.")
    open: bool = Field(default=False, description="Only what nobody has acknowledged.")
    page: Page = Field(1, description="Fifty rows a page.")


class SearchAsked(Asked):
    """What the Search page is asked for."""

    q: Annotated[Annotated[str, Field(max_length=LONGEST_QUERY)] | None, Blank, Visible] = Field(
        None, description='Words in title, lead or text; "a phrase", or, -without.'
    )
    signal: Signal = Field(None, description="Articles that carry this signal.")
    pair: Pair = Field(
        None, description="Directed pair of ISO alpha-3 codes, such as PRK→JPN; one side may be missing."
    )
    publisher: Text = Field(None, description="Published by.")
    since: Day = Field(None, description="First day, YYYY-MM-DD, UTC.")
    until: Day = Field(None, description="Last day, YYYY-MM-DD, UTC.")
    stories: bool = Field(default=False, description="Only articles that are part of a story.")
    page: Page = Field(1, description="Fifty rows a page.")


class TuningAsked(Asked):
    """What the Tuning page is asked for: a threshold for each signal that shall have another one, and over how long."""

    launch: Threshold = None
    nuclear: Threshold = None
    threat: Threshold = None
    mobilization: Threshold = None
    attack: Threshold = None
    incursion: Threshold = None
    sanction: Threshold = None
    rupture: Threshold = None
    cyber: Threshold = None
    condemnation: Threshold = None
    deescalation: Threshold = None
    days: Annotated[Literal[7, 30], BeforeValidator(_number)] = Field(
        30, description="Counted over the last so many days."
    )

    @property
    def thresholds(self) -> dict[str, float]:
        """The thresholds asked for, by signal."""
        found = self.model_dump(exclude_none=True, exclude={"days"})
        return {signal: found[signal] for signal in SIGNALS if signal in found}


class PairsAsked(Asked):
    """What the Pairs page is asked for."""

    days: Annotated[Literal[7, 30, 365], BeforeValidator(_number)] = Field(30, description="The last so many days.")


class PairAsked(PairsAsked):
    """What the page of one pair is asked for."""

    pair: Annotated[str, Field(max_length=40, examples=["PRK→JPN"]), AfterValidator(_some_pair)] = Field(
        description="Directed pair of ISO alpha-3 codes; a side that is not known is left out."
    )
    at: Annotated[AwareDatetime | None, Blank] = Field(
        None, description="Only the stories that made the point at this moment."
    )


def sides_of(pair: str | None) -> tuple[str | None, str | None]:
    """`PRK→JPN`, `PRK->JPN`, `prk jpn`, `PRK→` or `→JPN` as (source, target). Raises ValueError for anything else."""
    if pair is None:
        return None, None
    found = _ARROW.match(pair if re.search(r"[→>\-\s]", pair.strip()) else f"{pair}→")
    if found is None:
        raise ValueError("write a pair as PRK→JPN or PRK->JPN; leave a side out for any")
    sides = [found[side].upper().strip("*?") or None for side in ("source", "target")]
    if not all(side is None or _SIDE.match(side) for side in sides):
        raise ValueError("write a pair as PRK→JPN or PRK->JPN; leave a side out for any")
    return sides[0], sides[1]


def address(asked: Asked, **changes: Any) -> dict[str, Any]:
    """The parameters that are not as they would be anyway, for a link that asks for the same, but for `changes`."""
    return {
        name: "true" if value is True else value.isoformat() if isinstance(value, datetime) else value
        for name, value in asked.model_copy(update=changes).model_dump(exclude_defaults=True).items()
        if value is not None
    }
