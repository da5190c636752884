"""Is what we write STIX 2.1, the same on every export, and true to the story?"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import stix2

from builders_alerts import NOW, a_story
from newswatch.domain import Dyad
from newswatch.exports.stix import bundle

STORY = a_story(
    "st_4711",
    signals=("launch", "threat"),
    dyad=Dyad("PRK", "JPN"),
    origins=("JCS", "Kyodo"),
    publishers=("Yonhap", "NHK"),
)


def objects_of(*stories) -> dict[str, list[stix2.v21._STIXBase21]]:
    read = stix2.parse(json.dumps(bundle(stories)), allow_custom=False, version="2.1")
    found: dict[str, list[stix2.v21._STIXBase21]] = {}
    for one in read.objects:
        found.setdefault(one["type"], []).append(one)
    return found


def test_a_story_is_a_report_between_two_actors() -> None:
    found = objects_of(STORY)

    (report,) = found["report"]
    assert report["name"] == STORY.title and report["confidence"] == 93
    assert {"signal:launch", "signal:threat", "severity:4", "state:claimed", "plover:MOBILIZE-weapons"} <= set(
        report["labels"]
    )
    assert report["external_references"][0]["url"] == STORY.url
    assert {one["name"] for one in found["identity"]} == {"Newswatch", "North Korea", "Japan"}
    assert {one["country"] for one in found["location"]} == {"KP", "JP"}
    (related,) = [one for one in found["relationship"] if one["relationship_type"] == "related-to"]
    by_id = {one["id"]: one["name"] for one in found["identity"]}
    assert (by_id[related["source_ref"]], by_id[related["target_ref"]]) == ("North Korea", "Japan")
    assert found["note"][0]["object_refs"] == [report["id"]]


def test_every_reference_is_in_the_bundle() -> None:
    whole = bundle([STORY, replace(STORY, story_id="st_2", dyad=Dyad("HAMAS", None), actors=("HAMAS",))])
    ids = {one["id"] for one in whole["objects"]}
    named = {ref for one in whole["objects"] for ref in one.get("object_refs", [])}
    named |= {one[name] for one in whole["objects"] for name in one if name.endswith("_ref")}

    assert named <= ids
    assert len(ids) == len(whole["objects"])


def test_the_same_story_has_the_same_id_and_a_later_modified() -> None:
    (before,) = objects_of(STORY)["report"]
    (after,) = objects_of(replace(STORY, last_at=NOW.replace(hour=9), state="corroborated"))["report"]

    assert before["id"] == after["id"]
    assert before["modified"] < after["modified"]
    assert bundle([STORY]) == bundle([STORY])


@pytest.mark.parametrize(
    "story",
    [
        replace(STORY, dyad=Dyad(), actors=()),
        replace(STORY, evidence=(), url=None, publishers=()),
        replace(STORY, title="<script>alert(1)</script> “quoted” 北朝鮮", score=0.0),
        replace(STORY, dyad=Dyad("PRK", "PRK")),
    ],
    ids=["nobody named", "no evidence, no address", "hostile title", "a state against itself"],
)
def test_whatever_a_story_lacks_it_is_still_stix(story) -> None:
    assert objects_of(story)["report"][0]["name"] == story.title


def test_nothing_found_is_a_bundle_of_its_producer() -> None:
    assert list(objects_of()) == ["identity"]
