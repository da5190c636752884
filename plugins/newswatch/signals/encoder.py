"""What does a sentence encoder make of a text? 384 numbers (all-MiniLM-L6-v2), run by onnxruntime on eight-bit weights.

It knows words the corpus never used. It costs some two milliseconds a headline with its lead, so it is asked only where the
counted features leave a doubt. Nothing is downloaded: the file lies beside the model (made by seeds/model/build_encoder.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newswatch.errors import ModelError

WIDTH = 384
MAX_TOKENS = 64  # a title with its lead; more costs time and adds nothing
GRID = 1 / 256  # vectors are rounded to this: the last bits differ between processors and must not reach a score
WEIGHT = (
    0.8  # of the vector beside blocks of length one; best of 0.5, 0.7, 0.8, 1, 1.4, 2 by cross-validation and on dev
)

ENCODER_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"


class Encoder:
    """An encoder ready to run. Loading takes some 0.2 s and 60 MB."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise ModelError(
                f"the sentence encoder needs {error.name}. Install requirements.lock, or set `signals.use_encoder: false`."
            ) from None
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / ENCODER_FILE), options, providers=["CPUExecutionProvider"]
        )

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, 384) vectors in the order of `texts`, on the grid, times `WEIGHT`."""
        encoded = self._tokenizer.encode_batch(list(texts))
        found = np.array([self._run(one.ids) for one in encoded], dtype=np.float32).reshape(len(texts), WIDTH)
        return (np.round(found / GRID) * (GRID * WEIGHT)).astype(np.float32)

    def _run(self, token_ids: Sequence[int]) -> Any:
        """One text at a time: eight-bit values are scaled by the largest of a batch, so neighbours would change a score."""
        ids = np.array([token_ids], dtype=np.int64)
        return self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})[0][0]


def joined(title: str, lead: str) -> str:
    """Title and lead as the encoder reads them."""
    return f"{title}. {lead}" if lead else title
