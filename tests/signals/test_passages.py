import numpy as np
import pytest

from builders_signals import the_tagger
from newswatch.domain import Reading
from newswatch.signals.passages import BODY_WEIGHT, body_passages, head_passage, pooled


@pytest.mark.parametrize(
    ("reading", "title", "lead"),
    [
        (Reading("Talks resume", "Envoys met in Doha."), "Talks resume", "Envoys met in Doha."),
        (Reading("Talks resume", "Talks resume"), "Talks resume", ""),
        (Reading("", "", "Envoys met in Doha. They will meet again."), "Envoys met in Doha.", ""),
        (Reading("", "", ""), "", ""),
    ],
)
def test_what_stands_for_title_and_lead(reading, title, lead):
    found = head_passage(reading, the_tagger())
    assert (found.text, found.lead_text) == (title, lead)


def test_only_telling_sentences_of_the_body_are_read():
    text = "Envoys met in Doha. Shops were open as usual on Friday. The army fired two missiles at dawn. Missiles."
    found = body_passages(Reading("", "", text), the_tagger(), told="Envoys met in Doha.", limit=10)
    assert [(one.text, one.weight) for one in found] == [("The army fired two missiles at dawn.", BODY_WEIGHT)]


def test_no_limit_no_body():
    assert (
        body_passages(Reading("A", "", "The army fired two missiles at dawn."), the_tagger(), told="A", limit=0) == []
    )


@pytest.mark.parametrize(
    ("weights", "scores", "pool"),
    [
        ([1.0], [0.9], 0.9),
        ([1.0, 0.5], [0.9, 0.9], 0.9),
        ([1.0, 0.5], [0.1, 0.8], 0.4),
        ([1.0, 0.5, 0.5, 0.5, 0.5], [0.0, 0.8, 0.8, 0.8, 0.8], 1 - 0.6**2),
    ],
)
def test_title_counts_whole_and_body_sentences_as_kindred_witnesses(weights, scores, pool):
    assert pooled(np.array(weights), np.array(scores)[:, None])[0] == pytest.approx(pool)
