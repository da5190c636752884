"""Decisions of the shipped model that must hold whatever it is trained on next."""

import pytest

from builders_signals import MODEL, the_actors
from newswatch.domain import SIGNALS, Dyad, Reading
from newswatch.signals.classify import load_classifier
from newswatch.signals.settings import SignalSettings


@pytest.fixture(scope="module")
def classifier():
    return load_classifier(MODEL, settings=SignalSettings(), actors=the_actors())


def signals_of(classifier, *texts, **kwargs):
    return set(classifier.classify([Reading(*texts, **kwargs)])[0].signals)


@pytest.mark.parametrize(
    ("title", "signals"),
    [
        ("North Korea fires ballistic missile into Sea of Japan", {"launch"}),
        ("Iran test-fires new cruise missile in Gulf drill", {"launch"}),
        ("Russian missiles kill twelve in Kharkiv", {"attack"}),
        ("EU imposes new sanctions on Belarus", {"sanction"}),
        ("Poland expels 45 Russian diplomats", {"rupture"}),
        ("Chinese hackers breached government network, Canberra says", {"cyber"}),
    ],
)
def test_plain_news_is_found(classifier, title, signals):
    assert signals <= signals_of(classifier, title)


@pytest.mark.parametrize(
    "title",
    [
        "Apple launches new phone in Seoul",
        "Ten years after North Korea's first nuclear test",
        "Teachers strike over pay in Chicago",
        "Arsenal bombers sink Chelsea in derby",
        "How far can North Korea's missiles fly?",
        "Storm threatens to strike Florida coast",
        "Tariffs on steel imposed by Washington",
    ],
)
def test_what_only_looks_like_it_is_not(classifier, title):
    assert signals_of(classifier, title) == set()


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (Reading(""), "unclassifiable"),
        (Reading("  ", " ", ""), "unclassifiable"),
        (Reading("Missile"), "unclassifiable"),
        (Reading("La Cor\u00e9e du Nord tire un missile", language="fr"), "unsupported_language"),
        (Reading("\u5317\u671d\u9bae\u304c\u30df\u30b5\u30a4\u30eb", language=None), "unclassifiable"),
    ],
)
def test_what_is_not_scored_says_why(classifier, reading, reason):
    found = classifier.classify([reading])[0]
    assert (found.reason, found.signals, found.scores, found.dyad) == (reason, (), {}, Dyad())


def test_order_and_batches_change_nothing(classifier):
    readings = [Reading(f"North Korea fires missile number {n}") if n % 3 else Reading("") for n in range(50)]
    small = load_classifier(MODEL, settings=SignalSettings(batch_size=7), actors=the_actors())
    assert [one.reason for one in classifier.classify(readings)] == [
        None if n % 3 else "unclassifiable" for n in range(50)
    ]
    assert [one.signals for one in small.classify(readings)] == [one.signals for one in classifier.classify(readings)]


def test_a_finding_explains_itself(classifier):
    found = classifier.classify([Reading("North Korea fires ballistic missile into Sea of Japan")])[0]
    (evidence,) = found.evidence
    assert evidence.sentence == "North Korea fires ballistic missile into Sea of Japan"
    assert [weight for _, weight in evidence.terms] == sorted((weight for _, weight in evidence.terms), reverse=True)
    assert found.dyad.source == "PRK"
    assert set(found.scores) == set(SIGNALS)
    assert found.modality == "act"


def test_summary_and_full_text_agree(classifier):
    title, lead = (
        "Pyongyang fires missile over Japan",
        "The missile flew over Hokkaido before falling into the Pacific.",
    )
    body = (
        f"{lead} Commuters heard sirens. The prime minister cut short a visit. Shops opened as usual later in the day."
    )
    assert signals_of(classifier, title, lead) == signals_of(classifier, title, lead, body)


def test_a_body_alone_is_read(classifier):
    text = "The council met on Friday. North Korea fired three ballistic missiles into the Sea of Japan on Friday, Seoul said."
    assert "launch" in signals_of(classifier, "Friday's briefing from the region", "", text)


def test_a_threshold_of_the_configuration_wins(classifier):
    strict = load_classifier(MODEL, settings=SignalSettings(thresholds={"launch": 1.0}), actors=the_actors())
    assert "launch" not in signals_of(strict, "North Korea fires ballistic missile into Sea of Japan")


def test_without_the_encoder_the_model_still_works():
    plain = load_classifier(MODEL, settings=SignalSettings(use_encoder=False), actors=the_actors())
    assert "launch" in signals_of(plain, "North Korea fires ballistic missile into Sea of Japan")
