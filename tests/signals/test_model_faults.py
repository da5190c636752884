"""A model that is not whole, not ours or not fit is refused before it scores anything (faults M1, M2, M3, M5)."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from builders_signals import MODEL, a_corpus, the_actors
from newswatch.domain import SIGNALS
from newswatch.errors import ModelError
from newswatch.signals import model_store
from newswatch.signals.classify import load_classifier
from newswatch.signals.settings import SignalSettings
from newswatch.signals.train import train

WEIGHTS = model_store.WEIGHTS


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A tiny model without a sentence encoder."""
    output = tmp_path_factory.mktemp("model")
    train(a_corpus(tmp_path_factory.mktemp("articles")), output, actors=the_actors(), progress=lambda _: None)
    return output


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    for file in trained.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def load(folder: Path):
    return load_classifier(folder, settings=SignalSettings(), actors=the_actors())


def sign(folder: Path, **changes: object) -> None:
    """Make the manifest vouch for the files as they are now: whoever can write the folder can do this."""
    path = folder / model_store.MANIFEST
    manifest = json.loads(path.read_text())
    manifest["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in manifest["files"]}
    path.write_text(json.dumps(manifest | changes))


def change_arrays(folder: Path, **changes: np.ndarray) -> None:
    with np.load(folder / WEIGHTS) as arrays:
        kept = dict(arrays)
    model_store._write_arrays(folder / WEIGHTS, kept | changes)
    sign(folder)


@pytest.mark.parametrize("at", [0, 1000, -1])
def test_m1_one_flipped_bit_is_noticed(folder: Path, at: int) -> None:
    content = bytearray((folder / WEIGHTS).read_bytes())
    content[at] ^= 1
    (folder / WEIGHTS).write_bytes(content)
    with pytest.raises(ModelError, match=r"weights.npz: not the file that was trained .*not used.*Restore the folder"):
        load(folder)


@pytest.mark.parametrize("keep", [0, 1, 500])
def test_m1_a_truncated_file_is_noticed_even_when_the_manifest_vouches_for_it(folder: Path, keep: int) -> None:
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:keep])
    sign(folder)
    with pytest.raises(ModelError, match="not readable as a model"):
        load(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "files": []}', "\x00"])
def test_m1_a_manifest_that_says_nothing_is_refused(folder: Path, text: str) -> None:
    (folder / model_store.MANIFEST).write_text(text)
    with pytest.raises(ModelError, match="not used"):
        load(folder)


class Payload:
    """What a hostile file would run when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self._marker = str(marker)

    def __reduce__(self):
        return (Path.touch, (Path(self._marker),))


def test_m2_a_pickle_is_never_unpacked(folder: Path, tmp_path_factory) -> None:
    marker = tmp_path_factory.mktemp("marker") / "ran"
    (folder / WEIGHTS).write_bytes(pickle.dumps(Payload(marker)))
    sign(folder)
    with pytest.raises(ModelError, match="not readable as a model"):
        load(folder)
    assert not marker.exists()


def test_m2_an_array_of_objects_is_never_unpacked(folder: Path, tmp_path_factory) -> None:
    marker = tmp_path_factory.mktemp("marker") / "ran"
    with np.load(folder / WEIGHTS) as arrays:
        kept = dict(arrays)
    kept["cheap_bias"] = np.array([Payload(marker)], dtype=object)
    buffer = io.BytesIO()
    np.savez(buffer, **kept)
    (folder / WEIGHTS).write_bytes(buffer.getvalue())
    sign(folder)
    with pytest.raises(ModelError, match="not readable as a model"):
        load(folder)
    assert not marker.exists()


def test_m2_a_zip_bomb_is_not_unpacked(folder: Path) -> None:
    archive = zipfile.ZipFile(folder / WEIGHTS, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open("cheap_weights.npy", "w", force_zip64=True) as member:
        for _ in range(600):
            member.write(bytes(1 << 20))
    sign(folder)
    with pytest.raises(ModelError, match="would unpack to 629,145,600 bytes"):
        load(folder)


def test_m2_a_manifest_cannot_name_other_files(folder: Path) -> None:
    manifest = json.loads((folder / model_store.MANIFEST).read_text())
    manifest["files"]["../../etc/passwd"] = "0" * 64
    (folder / model_store.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="names a file that no model has"):
        load(folder)


def test_m3_other_signals_or_another_order_of_them_are_refused(folder: Path) -> None:
    for thresholds in (dict.fromkeys(reversed(SIGNALS), 0.5), dict.fromkeys(SIGNALS[:-1], 0.5), {}):
        sign(folder, thresholds=thresholds)
        with pytest.raises(ModelError, match="trained for the signals"):
            load(folder)


def test_m3_weights_for_another_vocabulary_are_refused(folder: Path) -> None:
    path = folder / model_store.VOCABULARY
    vocabulary = json.loads(path.read_text())
    vocabulary["words"].append("one more")
    path.write_text(json.dumps(vocabulary))
    sign(folder)
    with pytest.raises(ModelError, match="differ in length"):
        load(folder)


def test_m3_the_shipped_model_names_no_library_that_must_match() -> None:
    """It is arrays and JSON: the version of scikit-learn that trained it is noted, and matters no more."""
    manifest = json.loads((MODEL / model_store.MANIFEST).read_text())
    assert set(manifest["files"]) <= {model_store.VOCABULARY, WEIGHTS, *model_store.ENCODER_FILES}


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_m5_weights_that_are_no_numbers_are_refused(folder: Path, value: float) -> None:
    with np.load(folder / WEIGHTS) as arrays:
        bias = arrays["full_bias"].copy()
    bias[3] = value
    change_arrays(folder, full_bias=bias)
    with pytest.raises(ModelError, match="its full head holds numbers that are none"):
        load(folder)


def test_m5_a_head_of_another_shape_is_refused(folder: Path) -> None:
    change_arrays(folder, cheap_bias=np.zeros(3, dtype=np.float32))
    with pytest.raises(ModelError, match="its cheap head takes"):
        load(folder)


@pytest.mark.parametrize("level", [-0.1, 1.5, float("nan")])
def test_m5_a_threshold_outside_its_range_is_refused(folder: Path, level: float) -> None:
    sign(folder, thresholds=dict.fromkeys(SIGNALS, level))
    with pytest.raises(ModelError, match="outside 0 to 1"):
        load(folder)
    with pytest.raises(ValueError, match="between 0 and 1"):
        SignalSettings(thresholds={"launch": level})
