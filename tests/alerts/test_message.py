"""What does the desk see, and can an article make it see something else? (Faults A8, A9, A10)"""

from __future__ import annotations

import json

import pytest

from builders_alerts import a_decision, a_story
from mock_slack import invalid
from newswatch.alerts.message import Provenance, escaped, reply_message, root_message
from newswatch.alerts.plain import clean, cut, web_link
from newswatch.alerts.settings import Receiver
from newswatch.domain import Evidence, Factor, Severity

DESK = Receiver(name="desk", kind="slack", channel="C1", zone="Asia/Seoul")
MADE_WITH = Provenance(
    "4fe12ab9" * 8, "0123456789ab", {"launch": 0.62}, "https://desk.example/newswatch/stories/{story_id}"
)


def message(story, receiver=DESK, **changes):
    return root_message(story, a_decision(story, **changes), receiver, MADE_WITH)


def test_the_whole_message():
    story = a_story(
        severity=Severity(
            4, 1.01, (Factor("signal", "launch", 0.9), Factor("pair", "PRK→JPN", 1.25), Factor("modality", "act", 1.0))
        ),
        target="JPN",
        origins=("KCNA", "ROK Joint Chiefs of Staff"),
        state="corroborated",
    )
    assert message(story).text.splitlines() == [
        "🟠 HIGH · PRK→JPN · North Korea fires projectile into sea",
        "BBC · 05 Jan 15:00 KST · corroborated · launch, act",
        "“North Korea fired a projectile on Wednesday.”",
        "score 0.93 ≥ 0.62 · severity 1.01 = signal 0.9 × pair 1.25 × modality 1 "
        "· 2 origins: KCNA, ROK Joint Chiefs of Staff · model 4fe12ab9, config 01234567",
        "Why now: first: first report",
        "https://www.bbc.co.uk/news/1",
    ]
    assert [block["type"] for block in message(story).blocks] == [
        "header",
        "context",
        "rich_text",
        "context",
        "context",
        "actions",
    ]


def test_the_line_of_factors_ends_with_what_it_was_made_with_however_long_the_origins():
    names = ("signal", "score", "belief", "pair", "modality", "intensity", "surge")
    story = a_story(
        severity=Severity(5, 12.34, tuple(Factor(name, "", 1.2345) for name in names)), origins=("O" * 90,) * 300
    )
    assert message(story).text.splitlines()[3].endswith("… · model 4fe12ab9, config 01234567")


def test_buttons_and_links():
    actions = message(a_story()).blocks[-1]["elements"]
    assert [element["action_id"] for element in actions] == [
        "acknowledge",
        "silence",
        "wrong",
        "open_article",
        "open_story",
    ]


def test_a_mention_comes_from_the_settings_alone_and_from_its_severity_on():
    receiver = Receiver(name="desk", kind="slack", channel="C1", mention="<!subteam^S1>", mention_from=5)
    assert "<!subteam^S1>" not in json.dumps(message(a_story(level=4), receiver).blocks)
    assert "<!subteam^S1>" in json.dumps(message(a_story(level=5), receiver).blocks)


HOSTILE = {
    "a mention of everybody": "<!channel> fires missile",
    "a mention of one": "<@U0123456> fires missile",
    "a link in disguise": "<http://evil.example|cnn.com> fires missile",
    "an entity twice escaped": "&amp;lt;!here&gt; fires missile",
    "bold, code, quotation": "*fires* `missile` \n> and says so",
    "a right-to-left override": "fires \u202eelissim\u202c north",
    "zero-width and control characters": "fi\u200bres\x00 mis\x1bsile",
    "a lone surrogate": "fires \ud800 missile",
    "five thousand emoji": "🚀" * 5000,
    "combined characters": "👩‍👩‍👧‍👦" * 500,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_text_from_the_news_is_inert(name):
    story = a_story(
        title=HOSTILE[name],
        evidence=(Evidence(HOSTILE[name], ((HOSTILE[name], 1.0),)),),
        origins=(HOSTILE[name],),
        publishers=(HOSTILE[name],),
    )
    for made in (message(story), reply_message(story, a_decision(story, explanation=HOSTILE[name]))):
        content = {"channel": "C1", "text": escaped(made), "blocks": [dict(block) for block in made.blocks]}
        assert invalid(content) is None
        assert markup_texts(content["blocks"]) == []
        assert "<" not in content["text"] and ">" not in content["text"]
        assert not any(
            sign in json.dumps(content, ensure_ascii=False) for sign in ("\u202e", "\u200b", "\x00", "\x1b", "\\u001b")
        )


def markup_texts(part):
    """Every text that Slack would read as markup."""
    if isinstance(part, dict):
        found = [part["text"]] if part.get("type") == "mrkdwn" else []
        return found + [one for value in part.values() for one in markup_texts(value)]
    return [one for value in part for one in markup_texts(value)] if isinstance(part, list) else []


def test_two_hundred_lines_of_evidence_keep_within_every_limit():
    evidence = tuple(Evidence("word " * 2000, (("term" * 50, 1.0),) * 50) for _ in range(200))
    story = a_story(
        evidence=evidence, origins=("origin " * 100,) * 200, publishers=("paper " * 100,) * 200, title="t" * 5000
    )
    made = message(story)
    assert invalid({"channel": "C1", "text": made.text, "blocks": [dict(block) for block in made.blocks]}) is None
    assert len(made.text) <= 2_800


LINKS = {
    "an ordinary address": ("https://bbc.co.uk/news/1?a=b&c=d#e", "https://bbc.co.uk/news/1?a=b&c=d#e"),
    "a bar and a bracket": ("https://bbc.co.uk/a|b>c", "https://bbc.co.uk/a%7Cb%3Ec"),
    "a space": ("https://bbc.co.uk/a b", "https://bbc.co.uk/a%20b"),
    "letters of other scripts": ("https://bbc.co.uk/평양", "https://bbc.co.uk/%ED%8F%89%EC%96%91"),
    "a script": ("javascript:alert(1)", None),
    "a file": ("file:///etc/passwd", None),
    "no host": ("https:///a", None),
    "a user name that looks like a host": ("https://bbc.co.uk@evil.example/", None),
    "a user name that is a line break": ("https://\n@evil.example/", None),
    "brackets that never close": ("https://[::1", None),
    "longer than any address": ("https://bbc.co.uk/" + "a" * 3000, None),
    "none at all": (None, None),
}


@pytest.mark.parametrize("name", LINKS)
def test_link(name):
    url, expected = LINKS[name]
    assert web_link(url) == expected


def test_cutting_keeps_characters_whole():
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdef", 5) == "abcd…"
    assert cut("abc👩\u200d👩xyz", 5) == "abc…"
    assert cut("cafe\u0301 noir", 5) == "caf…"


def test_cleaning_keeps_what_a_reader_sees():
    assert clean("  Kim’s\n\t“test” \u2013 über 1\u00a0000 km ") == "Kim’s “test” – über 1 000 km"
