"""What does the desk see in Slack? Draws docs/images/slack-message.png: `.venv/bin/python docs/draw_message.py`.

Three reports of the demo's week go through the model, grouping, severity and the decision; the blocks that would be sent to Slack
are set in HTML and photographed with Chromium. Nothing in the picture is written by hand but the frame around it.
"""

from __future__ import annotations

import html
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from newswatch.alerts.decide import Circumstances, Decision, decide, told_by
from newswatch.alerts.message import Message, Provenance, reply_message, root_message
from newswatch.alerts.told import TellingLog
from newswatch.domain import Classification, Reading, Report, Story
from newswatch.runtime.demo_site import DemoSite
from newswatch.runtime.place import REPOSITORY, model_folder
from newswatch.settings import Settings, load_settings
from newswatch.signals.classify import load_classifier
from newswatch.stories.window import StoryWindow

PICTURE = REPOSITORY / "docs" / "images" / "slack-message.png"
ENDS_AT = datetime(
    2026, 11, 22, 0, 0, tzinfo=UTC
)  # of the demo's week; fixed, so that the picture changes with the code alone
REPORTS = ("hna-icbm", "std-icbm", "mer-icbm")  # an agency first, then two that reported it by themselves
DOTS = {
    "⚪": "#ccc",
    "🔵": "#1d9bd1",
    "🟡": "#ecb22e",
    "🟠": "#f08a24",
    "🔴": "#e01e5a",
}  # fonts for these are not everywhere
STYLE = """
body { margin: 0; padding: 20px 24px; width: 860px; background: #fff; color: #1d1c1d; font: 15px/1.46 "DejaVu Sans", sans-serif }
.message { display: grid; grid-template-columns: 44px 1fr; gap: 4px 10px } .message + .message { margin: 14px 0 0 54px }
.face { width: 40px; height: 40px; border-radius: 6px; background: #611f69; color: #fff }
.face { font: bold 22px/40px sans-serif; text-align: center }
.who { font-weight: 900 } .app { background: #eee; font-size: 10px; padding: 1px 4px; border-radius: 2px; margin: 0 6px }
.when, .context { color: #616061; font-size: 13px } .header { font-weight: 900; font-size: 18px; margin: 2px 0 }
.evidence { margin: 6px 0 } .section, .context { margin: 4px 0 } .actions { margin: 8px 0 0; display: flex; gap: 8px }
.dot { display: inline-block; width: .8em; height: .8em; border-radius: 50% }
.button { border: 1px solid #bbb; border-radius: 4px; padding: 4px 12px; font-weight: 700; font-size: 13px }
"""


def main() -> None:
    """Draw the picture."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page_file = Path(folder) / "message.html"
        page_file.write_text(f"<meta charset=utf-8><style>{STYLE}</style>{''.join(messages())}", encoding="utf-8")
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 908, "height": 400}, device_scale_factor=1.5)
        page.goto(page_file.as_uri())
        page.screenshot(path=PICTURE, full_page=True)
        browser.close()


def messages() -> Iterator[str]:
    """The root as it stands at the end, and the lines of its thread, as HTML."""
    settings = load_settings(REPOSITORY / "config")
    classifier = load_classifier(model_folder(), settings=settings.signals, actors=settings.actors)
    provenance = Provenance(
        classifier.model_sha, settings.revision, classifier.thresholds, "https://airflow.example/{story_id}"
    )
    told = list(tellings(settings, list(reports(classifier))))
    story, last = told[-1]
    receiver = settings.alerts.receivers[0]
    yield _message(root_message(story, last, receiver, provenance), told[0][1].decided_at)
    for later, decision in told[1:]:
        yield _message(reply_message(later, decision), decision.decided_at)


def reports(classifier: Any) -> Iterator[Report]:
    """The demo's articles as the classifier reads them."""
    site = DemoSite(REPOSITORY / "seeds" / "demo", ENDS_AT, until_hours=168)
    publishers = site.publishers
    for name in REPORTS:
        front = next(YAML(typ="safe").load_all((REPOSITORY / "seeds" / "demo" / "articles" / f"{name}.md").read_text()))
        lead = front["lead"].replace("{{ today }}", "Thursday").replace("{{ weekday(98.2) }}", "Thursday")
        finding: Classification = classifier.classify([Reading(front["title"], lead)])[0]
        publisher = publishers[front["publisher"]]
        yield Report(
            article_id=name,
            title=front["title"],
            lead=lead,
            text="",
            publisher=publisher.name,
            family=publisher.family,
            tier=publisher.tier,
            published_at=datetime.fromtimestamp(site.week_starts_at.timestamp() + 3600 * front["hours"], UTC),
            signals=finding.signals,
            scores=finding.scores,
            modality=finding.modality,
            dyad=finding.dyad,
            actors=finding.actors,
            evidence=finding.evidence,
            country=publisher.country,
            state_media=publisher.state_media,
            url=f"https://{publisher.id}.example/{name}",
            head=finding.head,
        )


def tellings(settings: Settings, found: list[Report]) -> Iterator[tuple[Story, Decision]]:
    """What the desk is told of the one story these reports make, each time with the story as it stood."""
    window, around = StoryWindow(settings.stories, settings.severity), Circumstances(settings.alerts, TellingLog())
    for report in found:
        placed = window.place(report)
        for decision in decide(placed.story, around, report.published_at) if placed else ():
            if placed and decision.outcome == "tell":
                around.told.add(told_by(decision, placed.story))
                yield placed.story, decision


def _message(message: Message, at: datetime) -> str:
    head = f"<span class=who>Newswatch</span><span class=app>APP</span><span class=when>{at:%H:%M}</span>"
    return f"<div class=message><div class=face>N</div><div>{head}{''.join(map(_block, message.blocks))}</div></div>"


def _block(block: Mapping[str, Any]) -> str:
    if block["type"] == "rich_text":
        parts = [part for section in block["elements"] for part in section["elements"]]
        inside = "".join(f"<i>{_text(one)}</i>" if one.get("style") else _text(one) for one in parts)
        return f"<div class=evidence>{inside}</div>"
    if block["type"] == "actions":
        return f"<div class=actions>{''.join(map(_element, block['elements']))}</div>"
    inside = "".join(map(_text, block["elements"])) if "elements" in block else _text(block["text"])
    return f"<div class={block['type']}>{inside}</div>"


def _element(element: Mapping[str, Any]) -> str:
    label = _text(element["text"]) if "text" in element else f"{_text(element['placeholder'])} ▾"
    return f"<span class=button>{label}</span>"


def _text(element: Mapping[str, Any]) -> str:
    text = html.escape(str(element["text"]))
    for mark, colour in DOTS.items():
        text = text.replace(mark, f"<span class=dot style='background: {colour}'></span>")
    return text


if __name__ == "__main__":
    main()
