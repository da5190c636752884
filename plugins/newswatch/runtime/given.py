"""What is an installation given from outside, besides its configuration? Environment variables, and connections of Airflow's.

A secret may be given in a file instead: NAME_FILE names it, as container engines hand over secrets.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from newswatch.errors import RuntimeSetupError


@dataclass(frozen=True)
class Given:
    """One thing that comes from outside: its name, what it decides, and what holds where it is not given."""

    name: str
    help: str
    default: str
    may_be_file: bool = False


VARIABLES = (
    Given("NEWSWATCH_HOME", "Folder for the embedded database, logs and generated secrets.", "`.newswatch` beside the code"),
    Given("NEWSWATCH_CONFIG", "Folder of the YAML files.", "`config` beside the code"),
    Given("NEWSWATCH_MODEL", "Folder of the trained model.", "`seeds/model` beside the code"),
    Given("NEWSWATCH_SEEDS", "Folder of the labelled articles that a training begins from.", "`seeds/articles` beside the code"),
    Given("NEWSWATCH_DATABASE_URL", "Our own database, as `postgresql://user:password@host/newswatch`.",
          "an embedded PostgreSQL in NEWSWATCH_HOME", may_be_file=True),
    Given("NEWSWATCH_FEED_TOKEN", "Opens the outgoing feed `/newswatch/api/alerts.rss` to programs; at least 24 characters.",
          "the feed takes a login", may_be_file=True),
    Given("NEWSWATCH_PUSH_KEY", "A long random text that the secrets of WebSub subscriptions are made of; the same for the API"
          " server and the workers.", "nothing is pushed; `make up` makes one", may_be_file=True),
    Given("SLACK_BOT_TOKEN", "For `newswatch slack-listen`: the bot's token, `xoxb-…`.", "the command says what is missing"),
    Given("SLACK_APP_TOKEN", "For `newswatch slack-listen`: the app's token with `connections:write`, `xapp-…`.",
          "the command says what is missing"),
    Given("SLACK_BASE_URL", "For `newswatch slack-listen`: a stand-in for Slack's own server.", "Slack's own"),
    Given("NEWSWATCH_NOW", "The present, for replays and tests (ISO 8601 with offset).", "the host's clock"),
)  # fmt: skip
"""Every environment variable of ours. Airflow's own (`AIRFLOW__SECTION__KEY`) are in Airflow's reference."""

CONNECTIONS = (
    Given("slack_default", "Type Slack. Password: the bot's token (`xoxb-…`). Extra, as JSON: `signing_secret` lets clicks on "
          "buttons in, `base_url` names a stand-in for Slack.", "messages for Slack wait in the outbox"),
)  # fmt: skip
"""Every Airflow connection of ours; Airflow variables there are none."""


def given(name: str) -> str | None:
    """The variable's value, or what its file holds; None where neither is given. Raises RuntimeSetupError."""
    value = os.environ.get(name)
    path = os.environ.get(f"{name}_FILE")
    if value or not path:
        return value or None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except OSError as error:
        raise RuntimeSetupError(f"{name}_FILE names {path}, which cannot be read ({error.strerror}).") from None
