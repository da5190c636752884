"""Does this program read texts as the model learnt to? A digest of the lexicon and of what is read from a few texts.

It follows behaviour, not spelling: reformatting a module changes nothing, another phrase or another way to count does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from newswatch.signals.features import Segment, features_of
from newswatch.signals.tags import Tag, phrase_classes
from newswatch.signals.words import read_words

PROBES = (
    "N. Korea's army fires 3 'new-type' missiles into East Sea, says JCS: Yonhap",
    "us troops didn't leave iraq after 1,200 days",
    "UPDATE 2-\u201cWe will respond\u201d \u2014 Erdo\u011fan threatens U.S. with \u00absanctions\u00bb? | Reuters",
    "Ten years after the cease-fire, how far can its ICBMs fly!",
)


def lexicon_sha() -> str:
    """sha256 over every phrase with its classes and over the features of `PROBES`."""
    classes = phrase_classes()
    digest = hashlib.sha256()
    for phrase in sorted(classes):
        digest.update(f"{phrase}={','.join(classes[phrase])}\n".encode())
    for probe in PROBES:
        digest.update(repr(features_of(_segment(probe, classes), None)).encode())
    return digest.hexdigest()


def _segment(text: str, classes: Mapping[str, tuple[str, ...]]) -> Segment:
    """The text with every single word tagged that the lexicon knows; actors are left out, they are the user's."""
    words = read_words(text)
    tags = tuple(Tag(i, i + 1, classes[word]) for i, word in enumerate(words.words) if word in classes)
    return Segment(words, tags)
