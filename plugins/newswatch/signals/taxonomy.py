"""What are the eleven signals, in the field's own codes? So that findings can be laid beside POLECAT (PLOVER) and GDELT (CAMEO).

Sources: PLOVER codebook (github.com/openeventdata/PLOVER); Schrodt 2012, "CAMEO Event and Actor Codebook", version 1.1b3.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignalMeaning:
    """A signal: what an item with it reports, and its PLOVER event type and CAMEO root or code."""

    signal: str
    reports: str
    plover: str
    cameo: str


TAXONOMY = (
    SignalMeaning(
        "launch",
        "a missile, rocket or satellite launch vehicle fired as a test, drill or show of force",
        "MOBILIZE-weapons",
        "15x",
    ),
    SignalMeaning("nuclear", "a nuclear-weapons programme moved", "MOBILIZE-weapons + cbrn", "15x"),
    SignalMeaning("threat", "force, retaliation or grave consequences threatened", "THREATEN", "13x"),
    SignalMeaning(
        "mobilization",
        "forces moved, alerted or called up, or an exercise",
        "MOBILIZE-troops, COOPERATE-military",
        "15x",
    ),
    SignalMeaning("attack", "an armed attack took place", "ASSAULT", "18x-20x"),
    SignalMeaning(
        "incursion", "a border, airspace or waters violated; a vessel seized or rammed", "COERCE-seize", "17x"
    ),
    SignalMeaning(
        "sanction",
        "sanctions, an embargo or asset freeze imposed, extended, proposed or voted",
        "COERCE-restrict",
        "163",
    ),
    SignalMeaning("rupture", "relations cut, suspended or downgraded; talks broken off", "SANCTION", "16x"),
    SignalMeaning("cyber", "a cyberattack by or on a state or critical infrastructure", "COERCE-cyber", "176"),
    SignalMeaning(
        "condemnation", "a state or group denounced or accused over a security matter", "ACCUSE, REJECT", "11x, 12x"
    ),
    SignalMeaning(
        "deescalation",
        "adversaries talk, agree, withdraw, release or ease",
        "AGREE, CONSULT, CONCEDE, RETREAT",
        "03x-08x",
    ),
)
