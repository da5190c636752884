"""How is a story told in STIX 2.1, and what of it does not map?

    story          -> report (name, published, confidence, labels, one reference for each publisher's article)
    its evidence   -> note on the report
    an actor       -> identity, of class organization; a state also located-at its location (ISO 3166-1 alpha-2)
    source, target -> a relationship `related-to` between the two identities, its direction in the description
    signal, modality, state, severity, PLOVER, CAMEO -> labels of the report

Not mapped: scores of single terms, severity factors, alerts and who was told: STIX has no words for them, and custom
properties would be read by nobody. Ids are version 5 UUIDs of our own ids: the same story has the same id in every export, and
`modified` moves with its last report. Source: OASIS, STIX Version 2.1, sections 4.5, 4.7, 4.11, 4.14 and 5.1.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from newswatch.domain import FAMILIES, Story
from newswatch.exports.rows import CODES

NAMESPACE = uuid.UUID("8d0cbb0c-4b0b-5a0e-9d0f-3f5a4c1b7e21")  # ours alone: ids of two producers never meet
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # when the identities that never change were "created"
Object = dict[str, Any]


def bundle(stories: Iterable[Story]) -> Object:
    """The stories with every actor in them, as one STIX bundle."""
    found: dict[str, Object] = {}
    producer = _identity("newswatch", "Newswatch", "system")
    found[producer["id"]] = producer
    for story in stories:
        for one in _objects(story, producer["id"]):
            found.setdefault(one["id"], one)
    objects = list(found.values())
    return {"type": "bundle", "id": _id("bundle", *sorted(found)), "objects": objects}


def _objects(story: Story, producer: str) -> list[Object]:
    actors = [code for code in dict.fromkeys((story.dyad.source, story.dyad.target, *story.actors)) if code]
    named = [one for code in actors for one in _actor(code)]
    identities = {code: _id("identity", code) for code in actors}
    pair = _pair(story, identities)
    report = _report(story, [one["id"] for one in named] + [one["id"] for one in pair], producer)
    notes = [_note(story, report["id"], producer)] if story.evidence else []
    return [*named, *pair, report, *notes]


def _report(story: Story, refs: list[str], producer: str) -> Object:
    codes = CODES[story.signal]
    labels = [
        *(f"signal:{signal}" for signal in story.signals), f"family:{FAMILIES[story.signal]}", f"modality:{story.modality}",
        f"state:{story.state}", f"severity:{story.severity.level}", f"plover:{codes.plover}", f"cameo:{codes.cameo}",
    ]  # fmt: skip
    told = f"{', '.join(story.signals)}; {story.dyad}; {story.state}; {len(story.origins)} independent origins"
    report: Object = {
        **_common("report", story.story_id, story.first_at, max(story.first_at, story.last_at)),
        "created_by_ref": producer,
        "name": story.title,
        "description": f"{told}: {', '.join(story.origins)}.",
        "report_types": ["threat-report"],
        "published": _time(story.first_at),
        "confidence": min(max(round(100 * story.score), 0), 100),
        "labels": labels,
        "object_refs": refs or [producer],
    }
    if story.url:
        report["external_references"] = [
            {"source_name": story.publishers[0] if story.publishers else "article", "url": story.url}
        ]
    return report


def _note(story: Story, report: str, producer: str) -> Object:
    sentences = "\n".join(evidence.sentence for evidence in story.evidence)
    return {
        **_common("note", f"{story.story_id}:evidence", story.first_at, max(story.first_at, story.last_at)),
        "created_by_ref": producer,
        "abstract": "The sentences that decided",
        "content": sentences,
        "object_refs": [report],
    }


def _pair(story: Story, identities: dict[str, str]) -> list[Object]:
    source, target = story.dyad.source, story.dyad.target
    if not source or not target or source == target:
        return []
    return [
        {
            **_common("relationship", f"{story.story_id}:{source}:{target}", story.first_at, story.first_at),
            "relationship_type": "related-to",
            "description": f"{story.dyad}: {', '.join(story.signals)}, {story.modality}",
            "source_ref": identities[source],
            "target_ref": identities[target],
        }
    ]


def _actor(code: str) -> list[Object]:
    """The actor's identity; of a state also its location and that it lies there."""
    import pycountry

    country = pycountry.countries.get(alpha_3=code)
    if country is None:
        return [_identity(code, code, "organization")]
    name = str(getattr(country, "common_name", country.name))
    identity = _identity(code, name, "organization") | {"sectors": ["government-national"]}
    location: Object = {**_common("location", code, EPOCH, EPOCH), "name": name, "country": country.alpha_2}
    there: Object = {
        **_common("relationship", f"{code}:located-at", EPOCH, EPOCH), "relationship_type": "located-at",
        "source_ref": identity["id"], "target_ref": location["id"],
    }  # fmt: skip
    return [identity, location, there]


def _identity(key: str, name: str, of_class: str) -> Object:
    return {**_common("identity", key, EPOCH, EPOCH), "name": name, "identity_class": of_class}


def _common(kind: str, key: str, created: datetime, modified: datetime) -> Object:
    known = {"type": kind, "spec_version": "2.1", "id": _id(kind, key)}
    return {**known, "created": _time(created), "modified": _time(modified)}


def _id(kind: str, *key: str) -> str:
    return f"{kind}--{uuid.uuid5(NAMESPACE, '|'.join((kind, *key)))}"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
