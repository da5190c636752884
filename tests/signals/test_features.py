import pytest

from builders_signals import a_segment
from newswatch.signals.explain import in_words
from newswatch.signals.features import BLOCKS, features_of
from newswatch.signals.vectorizer import fit_vectorizer


def features(block, title, lead=None):
    lists = features_of(a_segment(title), a_segment(lead) if lead else None)
    return set(lists[BLOCKS.index(block)])


@pytest.mark.parametrize(
    ("block", "title", "holds"),
    [
        ("words", "Iran fires missiles", {"iran", "fir", "fir missil"}),
        ("pattern", "Iran fires missiles", {"^ @S fir", "@S fir MISSILE", "MISSILE $"}),
        ("classes", "Iran fires missiles", {"@S>FIRE", "FIRE>MISSILE", "@S>FIRE>MISSILE", "who:IRN"}),
        ("classes", "Iran did not fire missiles", {"NEG>FIRE", "NEG>FIRE>MISSILE"}),
        ("classes", "Taliban attack army post", {"@G>STRIKE"}),
        ("title", "how far can it fly?", {"mark:?", "mark:lower", "first:how"}),
    ],
)
def test_features_of_a_title(block, title, holds):
    assert holds <= features(block, title)


def test_order_is_told_apart():
    assert {"@S>LIFT", "@S>RELIEF", "LIFT>SANCTION"} <= features("classes", "US lifts sanctions")
    assert not {"@S>LIFT", "@S>RELIEF", "LIFT>SANCTION"} & features("classes", "Sanctions lifted, US gone")


def test_one_country_teaches_about_another():
    iran, chad = (features("pattern", f"{name} fires missile") for name in ("Iran", "Chad"))
    assert iran == chad


def test_a_lead_adds_to_all_blocks_but_the_title():
    assert "who:JPN" in features("classes", "Missile fired", "Japan protested.")
    assert "who:JPN" not in features("title", "Missile fired", "Japan protested.")


def test_each_block_of_a_row_has_length_one_or_nothing():
    texts = [
        features_of(a_segment(title), None)
        for title in ["Iran fires missile", "Iran fires rocket", "Iran fires missile again"] * 2
    ]
    rows = fit_vectorizer(texts).rows([*texts, ([], [], [], [])])
    assert (rows.multiply(rows)).sum(axis=1).A1.round(4).tolist()[:6] == pytest.approx([4] * 6, abs=0.01)
    assert rows[6].nnz == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("classes|@S>FIRE>>MISSILE", "STATE > FIRE > MISSILE"),
        ("pattern|^ @G attack", "start GROUP attack"),
        ("words|fir", "fir"),
    ],
)
def test_a_feature_in_words(name, words):
    assert in_words(name) == words
