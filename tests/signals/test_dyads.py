import pytest

from builders_signals import a_segment
from newswatch.domain import Dyad
from newswatch.signals.dyads import dyad_of


@pytest.mark.parametrize(
    ("text", "source", "target"),
    [
        ("Iran seizes Greek tanker", "IRN", "GRC"),
        ("Greek tanker is seized by Iran", "IRN", "GRC"),
        ("North Korea fires missile into sea", "PRK", None),
        ("North Korea fires missile: Seoul", "PRK", None),
        ("U.S. imposes sanctions on Russia", "USA", "RUS"),
        ("Swedish ambassador expelled by Belarus", "BLR", "SWE"),
        ("Attack on Israel kills two", None, "ISR"),
        ("Somalia: Shabaab gunmen storm hotel", "ALSHABAAB", "SOM"),
        ("India and Pakistan exchange fire", "IND", "PAK"),
        ("Talks end without result", None, None),
        ("Pyongyang vows to strike Guam", "PRK", "USA"),
        ("Israel strikes Gaza after rocket fire", "ISR", "PSE"),
    ],
)
def test_who_acts_on_whom(text, source, target):
    assert dyad_of([a_segment(text)], "attack") == Dyad(source, target)


def test_the_lead_fills_the_side_the_title_leaves_open():
    assert dyad_of([a_segment("Missile hits market"), a_segment("Russia struck Ukraine at dawn.")]) == Dyad(
        "RUS", "UKR"
    )
