import json

import pytest

from builders_signals import a_corpus, the_actors
from newswatch.domain import Reading
from newswatch.errors import ModelError
from newswatch.signals.classify import load_classifier
from newswatch.signals.settings import SignalSettings
from newswatch.signals.train import train


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A tiny model without a sentence encoder."""
    output = tmp_path_factory.mktemp("model")
    train(a_corpus(tmp_path_factory.mktemp("articles")), output, actors=the_actors(), progress=lambda _: None)
    return output


def load(folder):
    return load_classifier(folder, settings=SignalSettings(), actors=the_actors())


def test_training_twice_gives_the_same_bytes(trained, tmp_path):
    articles = tmp_path / "articles"
    articles.mkdir()
    train(a_corpus(articles), tmp_path / "again", actors=the_actors(), progress=lambda _: None)
    assert {file.name: file.read_bytes() for file in trained.iterdir()} == {
        file.name: file.read_bytes() for file in (tmp_path / "again").iterdir()
    }


def test_what_is_saved_is_what_is_loaded(trained):
    first, second = load(trained), load(trained)
    readings = [Reading("Iran fires missile"), Reading("Japan opens new museum")]
    assert first.model_sha == second.model_sha
    assert first.classify(readings) == second.classify(readings)


@pytest.mark.parametrize("name", ["manifest.json", "vocabulary.json", "weights.npz"])
def test_a_missing_file_is_named(trained, tmp_path, name):
    folder = copied(trained, tmp_path)
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        load(folder)


@pytest.mark.parametrize("name", ["vocabulary.json", "weights.npz"])
def test_an_altered_file_is_refused(trained, tmp_path, name):
    folder = copied(trained, tmp_path)
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    with pytest.raises(ModelError, match=rf"{name}.*sha256 differs"):
        load(folder)


@pytest.mark.parametrize(("key", "says"), [("format", "another format"), ("lexicon_sha", "another lexicon")])
def test_a_model_of_another_make_is_refused(trained, tmp_path, key, says):
    folder = copied(trained, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest[key] = 99
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match=says):
        load(folder)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "items.jsonl:1: not a labelled item"),
        ('{"title": "x", "signals": [], "modality": "perhaps"}', "unknown modality 'perhaps'"),
        ('{"title": "x", "signals": ["lunch"], "modality": "act"}', r"unknown signals \['lunch'\]"),
    ],
)
def test_a_bad_item_is_named_and_nothing_is_written(tmp_path, line, says):
    (tmp_path / "items.jsonl").write_text(line)
    with pytest.raises(ModelError, match=says):
        train(tmp_path, tmp_path / "out", actors=the_actors(), progress=lambda _: None)
    assert not (tmp_path / "out").exists()


def test_no_articles_is_one_clear_error(tmp_path):
    with pytest.raises(ModelError, match=r"no \*\.jsonl files"):
        train(tmp_path, tmp_path / "out", actors=the_actors(), progress=lambda _: None)


def copied(folder, to):
    for file in folder.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    return to
