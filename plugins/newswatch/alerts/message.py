"""What does the desk see? The message of one story: four to six lines, buttons, and the same in plain words.

Text from the news stands only in `plain_text` and `rich_text` text elements, where Slack reads no markup.
Limits (docs.slack.dev/reference/block-kit): header 150, section text 3,000, 50 blocks; messages of about 13,200 characters are
refused in practice, so we stay below 9,000.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from newswatch.alerts.decide import Decision
from newswatch.alerts.plain import clean, cut, escape, web_link
from newswatch.alerts.settings import Receiver
from newswatch.domain import SIGNALS, Story

HEADER = 150
LINE = 300
SENTENCE = 400
TEXT = 2_800
NAMES = 100  # of origins, so that model and configuration at the end of their line are never cut off
TERMS = 4
WORDS = {1: "NOTE", 2: "LOW", 3: "ELEVATED", 4: "HIGH", 5: "CRITICAL"}
MARKS = {1: "⚪", 2: "🔵", 3: "🟡", 4: "🟠", 5: "🔴"}
STATES = {"false_alarm": "false alarm"}
VERDICTS = {"known_already": "known already", "not_for_us": "not for us", "not_news": "not news"}

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Provenance:
    """With what the alert was made, so that it can be made again."""

    model_sha: str = "?"
    config_rev: str = "?"
    thresholds: Mapping[str, float] | None = None
    story_url: str = ""  # of the page for one story, "{story_id}" standing for its id; "" without the web pages


@dataclass(frozen=True, slots=True)
class Message:
    """A message as Slack takes it; `text` alone says everything, for logs and screen readers. Not escaped."""

    text: str
    blocks: tuple[Block, ...]


def root_message(story: Story, decision: Decision, receiver: Receiver, provenance: Provenance) -> Message:
    """The message of a story as it stands now; the same function writes it first and edits it later."""
    link = web_link(story.url)
    lines = [
        _headline(story),
        _source_line(story, receiver),
        *([f"“{_sentence(story)}”"] if story.evidence else []),
        _score_line(story, provenance),
        _why_line(decision),
    ]
    blocks: list[Block] = [{"type": "header", "text": _plain(cut(lines[0], HEADER))}]
    blocks.append(_context("source", lines[1]))
    if story.evidence:
        blocks.append(_evidence(story))
    blocks.append(_context("score", lines[-2]))
    blocks.append(_context("why", lines[-1]))
    if receiver.mention and story.severity.level >= receiver.mention_from:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": receiver.mention}})
    blocks.append(_actions(story, decision, link, provenance))
    text = "\n".join((*lines, *([link] if link else [])))
    return Message(cut(text, TEXT), tuple(blocks))


def reply_message(story: Story, decision: Decision) -> Message:
    """The line that goes into the thread when a story changes, or another story joins its message."""
    word = {"tell": decision.reason.replace("_", " ").capitalize(), "thread": "Same group"}[decision.outcome]
    line = f"{MARKS[decision.severity]} {word}: {clean(decision.explanation)}"
    title = cut(f"{_pair(story)}{clean(story.title)}", LINE)
    link = web_link(story.url)
    blocks: list[Block] = [_section(cut(line, LINE)), _context("story", title)]
    if link:
        blocks.append({"type": "actions", "elements": [_link_button("Article", link)]})
    return Message(cut("\n".join((line, title, *([link] if link else []))), TEXT), tuple(blocks))


def escaped(message: Message) -> str:
    """The message's text as Slack's `text` field takes it."""
    return escape(message.text)


def _headline(story: Story) -> str:
    level = story.severity.level
    more = f" ({story.events} acts)" if story.events > 1 else ""
    return f"{MARKS[level]} {WORDS[level]} · {_pair(story)}{clean(story.title)}{more}"


def _pair(story: Story) -> str:
    return f"{story.dyad} · " if story.dyad.source or story.dyad.target else ""


def _source_line(story: Story, receiver: Receiver) -> str:
    zone = ZoneInfo(receiver.zone)
    state = _state(story)
    publishers = ", ".join(clean(publisher) for publisher in story.publishers[:3])
    return cut(f"{publishers} · {_moment(story.first_at, zone)} · {state} · {story.signal}, {story.modality}", LINE)


def _state(story: Story) -> str:
    """The state in words; of a quiet story, what it was before too."""
    before = next((change.was for change in reversed(story.changes) if change.now == "quiet"), None)
    word = STATES.get(story.state, story.state)
    return f"{word}, was {STATES.get(before, before)}" if story.state == "quiet" and before else word


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%d %b %H:%M} {local.tzname()}"


def _sentence(story: Story) -> str:
    return cut(clean(story.evidence[0].sentence), SENTENCE)


def _score_line(story: Story, provenance: Provenance) -> str:
    threshold = (provenance.thresholds or {}).get(story.signal)
    against = f" ≥ {threshold:.2f}" if threshold is not None else ""
    factors = " × ".join(f"{factor.name} {factor.weight:.3g}" for factor in story.severity.factors)
    count = len(story.origins)
    names = cut(", ".join(clean(origin) for origin in story.origins[:3]), NAMES)
    origins = f"{count} origin{'s' if count != 1 else ''}: {names}"
    made_with = f"model {provenance.model_sha[:8]}, config {provenance.config_rev[:8]}"
    return cut(
        f"score {story.score:.2f}{against} · severity {story.severity.score:.2f} = {factors} · {origins} · {made_with}",
        LINE,
    )


def _why_line(decision: Decision) -> str:
    return cut(f"Why now: {decision.reason}: {clean(decision.explanation)}", LINE)


def _evidence(story: Story) -> Block:
    terms = ", ".join(f"{clean(term)} {weight:+.1f}" for term, weight in story.evidence[0].terms[:TERMS])
    parts: list[Block] = [{"type": "text", "text": f"“{_sentence(story)}”", "style": {"italic": True}}]
    if terms:
        parts.append({"type": "text", "text": f"  {cut(terms, LINE)}"})
    return {"type": "rich_text", "block_id": "evidence", "elements": [{"type": "rich_text_section", "elements": parts}]}


def _actions(story: Story, decision: Decision, link: str | None, provenance: Provenance) -> Block:
    key = decision.alert.alert_key
    elements: list[Block] = [
        {"type": "button", "action_id": "acknowledge", "text": _plain("Acknowledge"), "value": key},
        _menu(
            "silence",
            "Silence",
            key,
            (("1h", "1 hour"), ("6h", "6 hours"), ("24h", "24 hours"), ("quiet", "until quiet")),
        ),
        _wrong_menu(key),
    ]
    if link:
        elements.append(_link_button("Article", link))
    page = web_link(provenance.story_url.format(story_id=story.story_id)) if provenance.story_url else None
    if page:
        elements.append(_link_button("Story", page))
    return {"type": "actions", "block_id": "actions", "elements": elements}


def _wrong_menu(key: str) -> Block:
    """What was wrong: the signal (and which it is instead), or the alert as such."""
    signals = [_option(f"it is {signal}", f"wrong_signal:{signal}|{key}") for signal in (*SIGNALS, "none")]
    others = [_option(words, f"{verdict}|{key}") for verdict, words in VERDICTS.items()]
    groups = [
        {"label": _plain("The alert"), "options": others},
        {"label": _plain("The signal"), "options": signals},
    ]
    return {"type": "static_select", "action_id": "wrong", "placeholder": _plain("Wrong"), "option_groups": groups}


def _option(words: str, value: str) -> Block:
    return {"text": _plain(words), "value": value}


def _menu(action: str, title: str, key: str, choices: tuple[tuple[str, str], ...]) -> Block:
    options = [_option(words, f"{choice}|{key}") for choice, words in choices]
    return {"type": "static_select", "action_id": action, "placeholder": _plain(title), "options": options}


def _link_button(title: str, url: str) -> Block:
    return {"type": "button", "action_id": f"open_{title.lower()}", "text": _plain(title), "url": url}


def _section(text: str) -> Block:
    return {"type": "section", "text": _plain(text)}


def _context(block_id: str, text: str) -> Block:
    return {"type": "context", "block_id": block_id, "elements": [_plain(text)]}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text or " ", "emoji": True}
