"""Which language is this text in?"""

from __future__ import annotations

LOOKED_AT = 1_000  # characters; more changes no answer we have seen and costs 0.2 ms per thousand
FEWEST_LETTERS = 12  # below, any answer is a guess
HEADLINE = 60  # characters: without accents and this short, "us lifts iraq sanctions" passes for French
_READ_AS = {
    "pcm": "en"
}  # Nigerian Pidgin, which 1 in 70 English headlines without articles resembles more than English
_NO_LANGUAGE = "zxx"


def identify(text: str) -> str | None:
    """ISO 639-1 code (639-3 where there is none) of the language of `text`; None when it is too short to tell.

    The model (py3langid's, 0.7 s and 60 MB to load) is loaded at the first call.
    """
    start = text[:LOOKED_AT]
    if sum(map(str.isalpha, start)) < FEWEST_LETTERS:
        return None
    from py3langid import classify

    code = str(classify(start)[0])
    code = _READ_AS.get(code, code)
    is_guess = code != "en" and len(text) <= HEADLINE and text.isascii()
    return None if is_guess or code == _NO_LANGUAGE else code
