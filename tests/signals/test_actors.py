import pytest

from builders_signals import a_segment
from newswatch.signals.dyads import actors_of


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("N. Korea fires missile", ["PRK"]),
        ("Kim Jong Un meets Xi Jinping in Beijing", ["PRK", "CHN"]),
        ("Seoul and Washington hold drills", ["KOR", "USA"]),
        ("us lifts iraq sanctions", ["USA", "IRQ"]),
        ("Michael Jordan returns", []),
        ("Jordan closes border with Syria", ["JOR", "SYR"]),
        ("Georgia governor signs voting bill in Atlanta", []),
        ("Georgia accuses Moscow of shelling", ["GEO", "RUS"]),
        ("Turkey farm hit by bird flu", []),
        ("Turkey shells Kurdish militia", ["TUR", "KURDS"]),
        ("Washington Post wins prize", []),
        ("The North threatens Seoul", ["PRK", "KOR"]),
        ("The North wins derby", []),
        ("Women of Oman and a woman in Rome", ["OMN", "ITA"]),
        ("Hezbollah and Islamic State claim attack", ["HEZBOLLAH", "IS"]),
        ("IAEA says Iran expels inspectors", ["IAEA", "IRN"]),
        ("This is it, let us go", []),
    ],
)
def test_who_is_named(text, codes):
    assert list(actors_of([a_segment(text)])) == codes
