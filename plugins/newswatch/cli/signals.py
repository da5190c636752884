"""`newswatch classify` and `newswatch train`: what does this text report, and how does the model come about?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newswatch.errors import NewswatchError

if TYPE_CHECKING:
    from newswatch.domain import Classification, Reading
    from newswatch.signals.classify import Classifier


def register(app: typer.Typer) -> None:
    """Add `classify` and `train` to `app`."""
    app.command("classify")(classify)
    app.command("train")(train)


def classify(
    config: Annotated[Path | None, typer.Option(help="Folder of the configuration; default: the one in force.")] = None,
    model: Annotated[Path | None, typer.Option(help="Folder of the model; default: the one in force.")] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Texts scored at once; default: the configuration's.")
    ] = None,
) -> None:
    """Read {"id", "title", "lead"?, "text"?, "language"?} lines from stdin; write one finding a line, in the same order.

    Output: {"id", "signals", "scores", "modality", "dyad": {"source", "target"}, "evidence": [{"sentence", "terms"}], "reason"}.
    `reason` is null, "unclassifiable" or "unsupported_language". The stream is read and answered batch by batch.
    Exit codes: 0 done, 2 a line is not readable or there is no usable model.

    Example: echo '{"id": 1, "title": "Iran test-fires ballistic missile"}' | newswatch classify
    """
    from newswatch.runtime.place import config_folder, model_folder
    from newswatch.settings import load_settings
    from newswatch.signals.classify import load_classifier

    settings = load_settings(config or config_folder())
    classifier = load_classifier(model or model_folder(), settings=settings.signals, actors=settings.actors)
    for lines in _batches(sys.stdin, batch or settings.signals.batch_size):
        for found in _classified(lines, classifier):
            sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def train(
    articles: Annotated[Path, typer.Option(help="Folder of labelled *.jsonl files.")] = Path("seeds/articles"),
    output: Annotated[
        Path, typer.Option(help="Folder to write to; with encoder.onnx and tokenizer.json in it, the model uses them.")
    ] = Path("seeds/model"),
    config: Annotated[Path | None, typer.Option(help="Folder of the configuration; default: the one in force.")] = None,
) -> None:
    """Train the model on labelled articles and write it with its card. The same articles give the same bytes.

    Exit codes: 0 done, 2 an item cannot be used.

    Example: newswatch train --articles seeds/articles --output seeds/model
    """
    from newswatch.runtime.place import config_folder
    from newswatch.settings import load_settings
    from newswatch.signals import train as training

    settings = load_settings(config or config_folder())
    training.train(articles, output, actors=settings.actors, progress=lambda text: print(text, file=sys.stderr))


def _batches(lines: Iterable[str], size: int) -> Iterator[list[tuple[int, str]]]:
    """Numbered lines, `size` at a time; blank lines are passed over."""
    found: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            found.append((number, line))
        if len(found) == size:
            yield found
            found = []
    if found:
        yield found


def _classified(lines: list[tuple[int, str]], classifier: Classifier) -> Iterator[dict[str, Any]]:
    asked = [_read(line, number) for number, line in lines]
    findings = classifier.classify([reading for _, reading in asked])
    for (asked_id, _), finding in zip(asked, findings, strict=True):
        yield _as_json(asked_id, finding)


def _read(line: str, number: int) -> tuple[Any, Reading]:
    from newswatch.domain import Reading

    try:
        fields = json.loads(line)
        texts = {name: fields.get(name) or "" for name in ("title", "lead", "text")}
        asked_id = fields["id"]
    except (ValueError, AttributeError, KeyError) as error:
        raise NewswatchError(
            f'stdin:{number}: not a line of the form {{"id": …, "title": …}} ({error}). Nothing after it was read; mend the line.'
        ) from None
    if wrong := [name for name, text in texts.items() if not isinstance(text, str)]:
        raise NewswatchError(f"stdin:{number}: `{wrong[0]}` is not text. Nothing after it was read; mend the line.")
    language = fields.get("language")
    return asked_id, Reading(**texts, language=language if isinstance(language, str) else _language(texts))


def _language(texts: dict[str, str]) -> str | None:
    from newswatch.articles.language import identify

    return identify(" ".join(text for text in texts.values() if text))


def _as_json(asked_id: Any, found: Classification) -> dict[str, Any]:
    return {
        "id": asked_id,
        "signals": list(found.signals),
        "scores": dict(found.scores),
        "modality": found.modality,
        "dyad": {"source": found.dyad.source, "target": found.dyad.target},
        "evidence": [{"sentence": one.sentence, "terms": [list(term) for term in one.terms]} for one in found.evidence],
        "reason": found.reason,
    }
