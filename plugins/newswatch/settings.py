"""What did the people who run this decide? config/*.yaml as one frozen value.

    config/newswatch.yaml   network, feeds (polling), articles (reading), operations, training
    config/feeds.yaml       which feeds
    config/classifier.yaml  signals (thresholds), stories, severity, index
    config/alerts.yaml      who is told what, when
    config/actors.yaml      names of leaders, ministries and groups

Each room declares its own settings; here they are only put together. An invalid file never replaces a valid one: see
`newswatch.steps.active_settings`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from newswatch.alerts.settings import AlertSettings
from newswatch.articles.settings import ArticleSettings
from newswatch.domain import Feed
from newswatch.feeds.settings import FeedList, FeedSettings
from newswatch.network.settings import NetworkSettings
from newswatch.signals.settings import ActorList, SignalSettings
from newswatch.stories.settings import IndexSettings, SeveritySettings, StorySettings
from newswatch.yaml_file import read_yaml, read_yaml_text

Model = TypeVar("Model", bound=BaseModel)
STRICT = ConfigDict(frozen=True, extra="forbid")


class OperationsSettings(BaseModel):
    """How a run is cut into tasks, and when it is declared failed."""

    model_config = STRICT

    fetch_shards: int = Field(
        6, ge=1, le=32, description="Mapped fetch tasks in a run; each fetches its feeds concurrently."
    )
    articles_per_task: int = Field(
        3000,
        ge=1,
        description="Most articles one reading task takes on (a run has two); the rest waits for the next run.",
    )
    articles_per_batch: int = Field(100, ge=1, description="Articles stored at a time; what a crash at most repeats.")
    read_seconds: float = Field(
        240.0, gt=0, description="Time a run spends on reading; pages left over wait for the next run."
    )
    urgent_read_seconds: float = Field(
        15.0,
        gt=0,
        le=60,
        description="The same for urgent feeds, whose run begins every minute; and for each page in it.",
    )
    claim_minutes: int = Field(
        20, ge=1, description="After so many minutes the work of a task that died is taken up by another."
    )
    read_attempts: int = Field(
        3, ge=1, description="Tasks that may die over a page before the feed's own text must do."
    )
    max_failed_feed_share: float = Field(
        0.5, gt=0, le=1, description="A run in which more than this share of the feeds fails is declared failed."
    )
    min_feeds_for_gate: int = Field(3, ge=1, description="With fewer feeds than this in a run the share means nothing.")
    silent_feed_days: float = Field(
        3.0, gt=0, description="Operators are told of a feed that has brought nothing new for so many days."
    )
    keep_days: int = Field(
        400,
        ge=30,
        description="Articles without a story are deleted after so many days, unless a feed still lists them.",
    )
    keep_log_days: int = Field(
        90, ge=7, description="What each fetch and run told, and decisions not to tell, are deleted after so many days."
    )


class TrainingSettings(BaseModel):
    """When the model is trained anew, and what a trained model must reach before a person is asked about it."""

    model_config = STRICT

    new_labels: int = Field(50, ge=1, description="So many newly approved labels call for a training.")
    macro_f1: float = Field(0.65, ge=0, le=1, description="Lowest macro-F1 on the frozen set.")
    any_f1: float = Field(0.75, ge=0, le=1, description="Lowest F1 of any signal on the frozen set.")
    false_alarms: float = Field(
        0.08, ge=0, le=1, description="Highest share of the frozen set's ordinary news on which a signal fires."
    )
    tolerance: float = Field(
        0.01, ge=0, le=0.2, description="A challenger may be worse than the champion by so much and still be offered."
    )


class NewswatchFile(BaseModel):
    """config/newswatch.yaml"""

    model_config = STRICT

    network: NetworkSettings = NetworkSettings()
    feeds: FeedSettings = FeedSettings()
    articles: ArticleSettings = ArticleSettings()
    operations: OperationsSettings = OperationsSettings()
    training: TrainingSettings = TrainingSettings()


class ClassifierFile(BaseModel):
    """config/classifier.yaml"""

    model_config = STRICT

    signals: SignalSettings = SignalSettings()
    stories: StorySettings = StorySettings()
    severity: SeveritySettings = SeveritySettings()
    index: IndexSettings = IndexSettings()


FILES: dict[str, type[BaseModel]] = {
    "newswatch": NewswatchFile,
    "feeds": FeedList,
    "classifier": ClassifierFile,
    "alerts": AlertSettings,
    "actors": ActorList,
}
"""Every file under config/, by its stem, with the model that validates it."""

DECIDING = ("classifier", "alerts", "actors")
"""The files that decide what is alerted; their content makes the revision that signals and alerts name."""


@dataclass(frozen=True)
class Settings:
    """All of config/ in one value."""

    newswatch: NewswatchFile
    feed_list: FeedList
    classifier: ClassifierFile
    alerts: AlertSettings
    actors: ActorList

    @property
    def network(self) -> NetworkSettings:
        return self.newswatch.network

    @property
    def feeds(self) -> FeedSettings:
        return self.newswatch.feeds

    @property
    def articles(self) -> ArticleSettings:
        return self.newswatch.articles

    @property
    def operations(self) -> OperationsSettings:
        return self.newswatch.operations

    @property
    def signals(self) -> SignalSettings:
        return self.classifier.signals

    @property
    def stories(self) -> StorySettings:
        return self.classifier.stories

    @property
    def severity(self) -> SeveritySettings:
        return self.classifier.severity

    @property
    def index(self) -> IndexSettings:
        return self.classifier.index

    @property
    def feeds_by_id(self) -> dict[str, Feed]:
        return {feed.feed_id: feed for feed in self.feed_list.as_feeds()}

    @property
    def content(self) -> dict[str, Any]:
        """Everything as plain JSON values, by file; `from_content` reads it back."""
        return {name: part.model_dump(mode="json", by_alias=True) for name, part in zip(FILES, self.parts, strict=True)}

    @property
    def parts(self) -> tuple[BaseModel, ...]:
        """One model a file, in the order of `FILES`."""
        return self.newswatch, self.feed_list, self.classifier, self.alerts, self.actors

    @property
    def revision(self) -> str:
        """The first 12 hex digits of the sha256 over what decides an alert: the same words give the same revision."""
        deciding = {name: self.content[name] for name in DECIDING}
        return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()[:12]


def load_settings(folder: Path) -> Settings:
    """All files of `folder`, validated. Raises ConfigError naming file, line and column."""
    return _compose({name: load_file(folder / f"{name}.yaml", model) for name, model in FILES.items()})


def load_texts(folder: Path, texts: Mapping[str, str], known: Settings | None = None) -> Settings:
    """As `load_settings`, with `texts` (by stem) in place of the files of that name: an edit, checked before it is saved.

    With `known`, what `texts` does not name is taken from there and not read again.
    """
    parts = dict(zip(FILES, known.parts, strict=True)) if known else {}
    for name, model in FILES.items():
        if name in texts:
            parts[name] = read_yaml_text(texts[name], model, str(folder / f"{name}.yaml"))
        elif name not in parts:
            parts[name] = load_file(folder / f"{name}.yaml", model)
    return _compose(parts)


def deciding_texts(folder: Path) -> dict[str, str]:
    """The files that decide what is alerted, as they stand, by stem."""
    return {name: (folder / f"{name}.yaml").read_text(encoding="utf-8") for name in DECIDING}


def load_file(path: Path, model: type[Model]) -> Model:
    """One file as its model. Raises ConfigError naming file, line and column."""
    return read_yaml(path, model)


def files_sha(folder: Path) -> str:
    """sha256 over the bytes of all files of `folder` and over what this code makes of them; "" when one is missing."""
    schemas = json.dumps([model.model_json_schema() for model in FILES.values()], sort_keys=True)
    found = hashlib.sha256(schemas.encode())
    try:
        for name in FILES:
            found.update((folder / f"{name}.yaml").read_bytes())
    except OSError:
        return ""
    return found.hexdigest()


def from_content(content: dict[str, Any]) -> Settings:
    """Settings from what `Settings.content` gave, as stored with a revision."""
    return _compose({name: model.model_validate(content[name]) for name, model in FILES.items()})


def _compose(files: dict[str, Any]) -> Settings:
    return Settings(files["newswatch"], files["feeds"], files["classifier"], files["alerts"], files["actors"])
