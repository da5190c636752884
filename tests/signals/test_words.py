import pytest

from newswatch.signals.words import MAX_WORDS, plain, read_words, sentences, stem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("U.S. sanctions four firms", "u.s. sanctions four firms"),
        ("US jets leave", "u.s. jets leave"),
        ("They told us nothing", "they told us nothing"),
        (
            "us to complain after n korean jets shadowed us spy",
            "u.s. to complain after n korean jets shadowed u.s. spy",
        ),
        ("minister lets us down, tell us", "minister lets u.s. down tell us"),
        ("N. Korea's test-fire of 16,000 in 1994", "n korea test fire of # in #year"),
        ("\u2018We won\u2019t\u2019 \u2013 Erdo\u011fan", "we not erdogan"),
        ("BBC News - Last workers leave", "last workers leave"),
        ("Cyber attack hits Seoul | YONHAP NEWS", "cyber attack hits seoul"),
        ("NORTH KOREA TELLS US TO LEAVE", "north korea tells us to leave"),
        ("", ""),
        ("\u041f\u0443\u0442\u0438\u043d", ""),
    ],
)
def test_words_of_a_text(text, words):
    assert " ".join(read_words(text).words) == words


def test_text_without_capitals_says_so():
    assert (read_words("iraq fires missile").cased, read_words("Iraq fires").cased) == (False, True)


def test_endless_text_is_cut():
    assert len(read_words("missile " * 10_000).words) == MAX_WORDS


@pytest.mark.parametrize(
    "forms", ["fire fires fired firing", "missile missiles", "deny denies denied denying", "stop stopped stops"]
)
def test_inflections_share_a_stem(forms):
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("raw", "word"), [("1994", "#year"), ("7.5", "#"), ("Korea's", "korea"), ("didn't", "not"), ("UN", "u.n.")]
)
def test_plain_word(raw, word):
    assert plain(raw) == word


def test_sentences_keep_abbreviations_whole():
    text = "The U.S. moved two ships. Iran protested!\nNothing else happened"
    assert sentences(text) == ["The U.S. moved two ships.", "Iran protested!", "Nothing else happened"]
