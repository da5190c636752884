"""How alike are two texts, by their MinHash fingerprints (128 × uint32, little-endian)?"""

from __future__ import annotations

import numpy as np

BANDS = 32  # of 4 values each: texts with a Jaccard of 0.5 share a band with probability 0.87, of 0.2 with 0.05
_DTYPE = "<u4"


def likeness(one: bytes, other: bytes) -> float:
    """Estimated Jaccard likeness (0..1) of two texts' shingles; 0 when either has no fingerprint."""
    if not one or len(one) != len(other):
        return 0.0
    return float(np.mean(np.frombuffer(one, _DTYPE) == np.frombuffer(other, _DTYPE)))


def bands(fingerprint: bytes) -> tuple[tuple[int, bytes], ...]:
    """Keys under which texts that are nearly alike meet (locality-sensitive hashing); () without a fingerprint."""
    width = len(fingerprint) // BANDS
    return (
        tuple((number, fingerprint[number * width : (number + 1) * width]) for number in range(BANDS)) if width else ()
    )
