"""Where does a trained model lie, and is it the one that was trained? One folder, every file named with its sha256 in a manifest.

    manifest.json     versions, hashes, thresholds, the corpus it was trained on
    vocabulary.json   the features of each block, in the order of the weights
    weights.npz       what scikit-learn fitted, as plain arrays: idf and linear weights in half precision, regressions in double
    encoder.onnx, tokenizer.json   the sentence encoder (may be left out: the linear model works without)

Arrays and JSON hold nothing that could run, and loading them spares the import of scikit-learn, longer than all the rest.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from newswatch.errors import ModelError
from newswatch.signals.encoder import ENCODER_FILE, TOKENIZER_FILE
from newswatch.signals.features import BLOCKS
from newswatch.signals.heads import Head, LinearHead, StackHead
from newswatch.signals.model_fit import why_unfit
from newswatch.signals.vectorizer import Block, Vectorizer

FORMAT = 1
MANIFEST, VOCABULARY, WEIGHTS = "manifest.json", "vocabulary.json", "weights.npz"
STACK_PARTS = ("weights", "bias", "slope", "shift")
ENCODER_FILES = (ENCODER_FILE, TOKENIZER_FILE)
MOST_UNPACKED = 512 * 1024 * 1024  # bytes of all arrays; a trained model has some 40 million
_RETRAIN = "Restore the folder from the repository, or train anew: newswatch train --articles seeds/articles --output"


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model in memory. `full` also reads the encoder's vector; `cheap` does not."""

    vectorizer: Vectorizer
    cheap: Head
    full: Head
    thresholds: Mapping[str, float]
    doubt: float  # probability of any signal, by `cheap`, from which the encoder is asked
    lexicon_sha: str
    corpus_sha: str


def save_model(model: Model, folder: Path) -> str:
    """Write the model and its manifest; returns the model's sha256. The same model gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {name: list(block.columns) for name, block in zip(BLOCKS, model.vectorizer.blocks, strict=True)}
    (folder / VOCABULARY).write_text(
        json.dumps(vocabulary, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
    )
    arrays: dict[str, Any] = {
        f"idf_{name}": block.idf.astype(np.float16) for name, block in zip(BLOCKS, model.vectorizer.blocks, strict=True)
    }
    for kind, head in (("cheap", model.cheap), ("full", model.full)):
        arrays |= {f"{kind}_weights": head.linear.weights.astype(np.float16), f"{kind}_bias": head.linear.bias}
        arrays |= {f"{kind}_stack_{name}": getattr(head.stack, name) for name in STACK_PARTS}
    _write_arrays(folder / WEIGHTS, arrays)
    return _write_manifest(model, folder)


def load_model(folder: Path, *, lexicon_sha: str) -> tuple[Model, str]:
    """The model in `folder` and its sha256.

    Raises ModelError when a file is missing or altered, or when another format or lexicon made it.
    """
    manifest, sha = _read_manifest(folder)
    _check_lexicon(manifest, folder, lexicon_sha)
    _refuse_bomb(folder)
    try:
        model = _read_model(manifest, folder)
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"{folder}: not readable as a model ({error}); it is not used. {_RETRAIN} {folder}") from None
    if problem := why_unfit(model):
        raise ModelError(f"{folder}: {problem}; the model is not used. {_RETRAIN} {folder}")
    return model, sha


def _read_model(manifest: Mapping[str, Any], folder: Path) -> Model:
    vocabulary = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))
    with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
        blocks = tuple(
            Block({feature: i for i, feature in enumerate(vocabulary[name])}, arrays[f"idf_{name}"].astype(np.float32))
            for name in BLOCKS
        )
        heads = {kind: _read_head(arrays, kind) for kind in ("cheap", "full")}
    return Model(
        Vectorizer(blocks), heads["cheap"], heads["full"], manifest["thresholds"], manifest["doubt"],
        manifest["lexicon_sha"], manifest["corpus_sha"],
    )  # fmt: skip


def _refuse_bomb(folder: Path) -> None:
    """A few kilobytes of zip can hold gigabytes of zeros."""
    try:
        with zipfile.ZipFile(folder / WEIGHTS) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        return  # reading it says so
    if unpacked > MOST_UNPACKED:
        size = f"would unpack to {unpacked:,} bytes, more than {MOST_UNPACKED:,}"
        raise ModelError(f"{folder / WEIGHTS}: {size}; it is not used. {_RETRAIN} {folder}")


def thresholds_of(folder: Path, *, lexicon_sha: str) -> dict[str, float]:
    """The thresholds that the model in `folder` chose at training, without loading it. Raises ModelError as `load_model` does."""
    manifest, _ = _read_manifest(folder)
    _check_lexicon(manifest, folder, lexicon_sha)
    return dict(manifest["thresholds"])


def has_encoder(folder: Path) -> bool:
    """Whether the folder's manifest names a sentence encoder."""
    return all(name in _read_manifest(folder)[0]["files"] for name in ENCODER_FILES)


def _write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """`numpy.savez_compressed`, its members all dated 1980 so that the same arrays give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), buffer.getvalue(), zipfile.ZIP_DEFLATED
            )


def _write_manifest(model: Model, folder: Path) -> str:
    import sklearn

    names = (VOCABULARY, WEIGHTS, *(name for name in ENCODER_FILES if (folder / name).exists()))
    manifest = {
        "format": FORMAT,
        "scikit_learn": sklearn.__version__,
        "lexicon_sha": model.lexicon_sha,
        "corpus_sha": model.corpus_sha,
        "thresholds": dict(model.thresholds),
        "doubt": model.doubt,
        "files": {name: _sha(folder / name) for name in names},
    }
    text = json.dumps(manifest, indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def _read_manifest(folder: Path) -> tuple[dict[str, Any], str]:
    path = folder / MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
        manifest = json.loads(text)
    except FileNotFoundError:
        raise ModelError(f"{path}: no model there, so nothing can be classified. {_RETRAIN} {folder}") from None
    except ValueError:
        raise ModelError(f"{path}: not readable as a manifest; the model is not used. {_RETRAIN} {folder}") from None
    if (
        not isinstance(manifest, dict)
        or manifest.get("format") != FORMAT
        or not isinstance(manifest.get("files"), dict)
    ):
        raise ModelError(f"{path}: a model of another format than {FORMAT}; it is not used. {_RETRAIN} {folder}")
    for name, expected in manifest["files"].items():
        if name not in (VOCABULARY, WEIGHTS, *ENCODER_FILES):
            raise ModelError(
                f"{path}: names a file that no model has ({name[:60]!r}); it is not used. {_RETRAIN} {folder}"
            )
        if not (folder / name).is_file():
            raise ModelError(f"{folder / name}: missing, so the model is not used. {_RETRAIN} {folder}")
        if _sha(folder / name) != expected:
            raise ModelError(
                f"{folder / name}: not the file that was trained (its sha256 differs); it is not used. {_RETRAIN} {folder}"
            )
    return manifest, hashlib.sha256(text.encode()).hexdigest()


def _check_lexicon(manifest: Mapping[str, Any], folder: Path, lexicon_sha: str) -> None:
    if manifest.get("lexicon_sha") != lexicon_sha:
        raise ModelError(
            f"{folder}: trained with another lexicon (signals/lexicon has changed since); it is not used. {_RETRAIN} {folder}"
        )


def _read_head(arrays: Any, kind: str) -> Head:
    linear = LinearHead(arrays[f"{kind}_weights"].astype(np.float32), arrays[f"{kind}_bias"])
    return Head(linear, StackHead(*(arrays[f"{kind}_stack_{name}"] for name in STACK_PARTS)))


def _sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
