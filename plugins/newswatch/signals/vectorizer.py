"""How do the names of features become a row of numbers?

Each block has its own vocabulary; counts are damped (1 + log), weighted by rarity (idf) and scaled to length one per block, as
`sklearn.feature_extraction.text.TfidfTransformer` does, so a long lead does not drown a short title's classes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newswatch.signals.features import BLOCKS

Lists = tuple[list[str], ...]
Matrix = Any  # scipy.sparse.csr_matrix, which is not typed

MIN_COUNT = 5  # a feature seen in fewer items is chance; 3 gives the same quality and a third more size


@dataclass(frozen=True, slots=True)
class Block:
    """One block's vocabulary (feature -> column within the block) and the weight of each column."""

    columns: dict[str, int]
    idf: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vectorizer:
    """Turns lists of feature names into rows. `names` holds the feature of every column, block after block."""

    blocks: tuple[Block, ...]

    @property
    def names(self) -> list[str]:
        """Column names, as "block|feature"."""
        return [
            f"{name}|{feature}" for name, block in zip(BLOCKS, self.blocks, strict=True) for feature in block.columns
        ]

    def rows(self, texts: Sequence[Lists]) -> Matrix:
        """A sparse matrix (texts, features) in single precision."""
        import scipy.sparse as sparse

        parts = [_block_rows(block, [lists[i] for lists in texts]) for i, block in enumerate(self.blocks)]
        return sparse.hstack(parts, format="csr", dtype=np.float32)


def fit_vectorizer(texts: Sequence[Lists]) -> Vectorizer:
    """A vocabulary of every feature that stands in at least `MIN_COUNT` texts, in alphabetical order."""
    return Vectorizer(tuple(_fit_block([lists[i] for lists in texts]) for i in range(len(BLOCKS))))


def _fit_block(lists: Sequence[list[str]]) -> Block:
    counts = Counter(chain.from_iterable(set(features) for features in lists))
    kept = sorted(feature for feature, count in counts.items() if count >= MIN_COUNT)
    seen = np.array([counts[feature] for feature in kept], dtype=np.float64)
    idf = np.log((1 + len(lists)) / (1 + seen)) + 1
    return Block({feature: column for column, feature in enumerate(kept)}, idf.astype(np.float32))


def _block_rows(block: Block, lists: Sequence[list[str]]) -> Matrix:
    import scipy.sparse as sparse

    get = block.columns.get
    indices: list[int] = []
    ends = [0]
    for features in lists:
        indices += [column for feature in features if (column := get(feature)) is not None]
        ends.append(len(indices))
    rows = sparse.csr_matrix(
        (np.ones(len(indices), dtype=np.float32), np.array(indices, dtype=np.int32), np.array(ends, dtype=np.int32)),
        shape=(len(lists), len(block.columns)),
    )
    rows.sum_duplicates()
    rows.data = (1 + np.log(rows.data)) * block.idf[rows.indices]
    return _to_length_one(rows)


def _to_length_one(rows: Matrix) -> Matrix:
    squares = (
        np.add.reduceat(np.append(rows.data**2, 0), rows.indptr[:-1]) if len(rows.data) else np.zeros(rows.shape[0])
    )
    filled = np.diff(rows.indptr)
    norms = np.where(filled > 0, np.sqrt(np.maximum(squares, 1e-12)), 1)
    rows.data = (rows.data / np.repeat(norms, filled)).astype(np.float32)
    return rows
