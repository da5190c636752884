"""How long from an entry's appearance in an urgent feed to its message at Slack, under the schedules that `make up` runs?

Entries appear at random moments in ten urgent feeds, beside a hundred others that `monitor_news` polls. Each tells of a happening
of its own, grave enough to be told. What is measured is the clock of the publisher when the entry appeared and the clock of the
mock Slack when the message came; nothing of ours is asked.
"""

from __future__ import annotations

import random
import statistics
import time
from itertools import product

from report import Finding
from station import a_site, a_station, listed

URGENT, OTHERS = 10, 100
WARM_SECONDS = 100.0  # the first run of each DAG takes in the backlog
LAST_SECONDS = 200.0  # for the last messages to come
WHO = ("North Korea", "Iran", "Russia", "China", "Israel", "Pakistan", "Turkey", "Syria")
WHOM = ("Japan", "South Korea", "Ukraine", "Taiwan", "India", "Lebanon", "Armenia", "Poland")
TITLE = "{who} launches missile strike on {whom}, killing dozens"


def run(entries: int = 24, seconds: float = 600.0) -> tuple[list[Finding], int]:
    """The findings, and how many entries were told of."""
    dice = random.Random(11)
    pairs = list(product(WHO, WHOM))
    dice.shuffle(pairs)
    with a_site(URGENT + OTHERS, 5) as site, a_station(scheduled=True) as station:
        site.set(edition=1)
        feeds = listed(site)
        for feed in feeds[:URGENT]:
            feed["urgent"] = True
        station.list_feeds(feeds)
        time.sleep(WARM_SECONDS)
        moments = sorted(dice.uniform(0, seconds) for _ in range(entries))
        appeared: dict[str, float] = {}
        started = time.time()
        for number, (moment, (who, whom)) in enumerate(zip(moments, pairs, strict=False)):
            time.sleep(max(0.0, started + moment - time.time()))
            title = TITLE.format(who=who, whom=whom)
            site.set(add=number % URGENT, title=title.replace(" ", "+").replace(",", "%2C"))
            appeared[title] = time.time()
        time.sleep(LAST_SECONDS)
        messages = station.messages()
    waits = sorted(wait for title, at in appeared.items() if (wait := first_told(title, messages, at)) is not None)
    return findings(waits, entries), len(waits)


def first_told(title: str, messages: list[dict], at: float) -> float | None:
    """Seconds until a message held that title."""
    told = [
        message["at"] - at for message in messages if title in str(message.get("blocks")) + str(message.get("text"))
    ]
    return min(told, default=None)


def findings(waits: list[float], entries: int) -> list[Finding]:
    if len(waits) < 5:
        return [Finding("entries that led to a message", f"of {entries}", str(len(waits)), False)]
    median, late = statistics.median(waits), statistics.quantiles(waits, n=20)[-1]
    return [
        Finding("entry to message, urgent feeds: median (s)", "≤ 60", f"{median:.0f}", median <= 60),
        Finding("entry to message, urgent feeds: 95th percentile (s)", "≤ 120", f"{late:.0f}", late <= 120),
        Finding("entries that led to a message of their own", f"of {entries}", str(len(waits)), None),
    ]
