"""Which turns of phrase mean one thing, though their words apart mean others?

"Launches a raid" is a strike, "launches an inquiry" is not. Each idiom is a verb (in all its forms) and, a few words on, a noun:
what the pair means hangs on the noun. Fixed turns that are no such pair stand in `TURNS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newswatch.signals.lexicon.inflect import forms
from newswatch.signals.lexicon.listed import listed
from newswatch.signals.words import read_words

REACH = 4  # words between verb and noun: "launches a new round of talks"


@dataclass(frozen=True, slots=True)
class Idiom:
    """Verbs and nouns that together mean what `name` says."""

    name: str
    verbs: str
    nouns: str


IDIOMS = (
    Idiom(
        "ASSAULT",
        """launch, mount, carry out, stage, conduct, wage, unleash, resume, step up, intensify, begin, order, continue,
        escalate, renew, expand, suffer, kill in, die in, killed in, wounded in, hurt in, injured in, target in""",
        """attack, attacks, raid, raids, strike, strikes, airstrike, airstrikes, air strike, air strikes, air raid, air
        raids, air attack, air attacks, offensive, assault, assaults, bombardment, shelling, bombing, bombings, invasion,
        drone strike, drone strikes, missile strike, missile strikes, ground operation, ground offensive, rocket attack,
        rocket attacks, drone attack, drone attacks, car bombing, suicide attack, suicide bombing, counteroffensive,
        blast, blasts, explosion, gun battle, firefight, clashes, ambush""",
    ),
    Idiom(
        "ASSAULT",
        "fire, launch, lob, rain",
        """missiles at, missile at, rockets at, rocket at, missiles into, rockets into, missiles on, rockets on, shells
        at, shells into, mortars at, mortars into, mortar at, artillery at, drones at, missiles towards, rockets
        towards""",
    ),
    Idiom(
        "UNDERTAKING",
        "launch, mount, open, start, announce, unveil, order, kick off",
        """campaign, campaigns, inquiry, enquiry, probe, investigation, website, app, product, products, book, bid,
        appeal, initiative, plan, service, services, policy, review, project, program, programme, scheme, tender,
        manhunt, search, career, album, fund, petition, lawsuit, challenge, strategy, sale, tour, range, brand, line,
        study, survey, competition, festival, legal action, legal challenge, class action, rescue, recovery, crackdown,
        blitz, network, channel, store, venture, takeover, offer""",
    ),
    Idiom(
        "PARLEY",
        """hold, begin, start, open, resume, restart, continue, agree to, agree on, agree, offer, propose, accept, seek,
        want, join, attend, arrive for, enter, return to, set for, ready for, open to, willing, invite to, call for, urge,
        conclude, end, extend, schedule, set date for""",
        "talks, negotiations, dialogue, summit, peace talks, nuclear talks, ceasefire talks, truce talks",
    ),
    Idiom(
        "NO_PARLEY",
        """reject, refuse, rule out, call off, cancel, suspend, halt, break off, walk out of, pull out of, quit, boycott,
        abandon, shun, snub, dismiss, scrap, postpone, leave, freeze, stop, end, withdraw from""",
        """talks offer, offer of talks, call for talks, invitation to talks, talks, negotiations, dialogue, summit, peace
        talks, nuclear talks, contacts""",
    ),
    Idiom(
        "EXPULSION",
        "expel, recall, kick out, withdraw, throw out, order out, summon home, call home, eject, bar, boot out, pull out",
        """ambassador, ambassadors, envoy, envoys, diplomat, diplomats, ambassador to, embassy staff, charge d affaires,
        attache, consul""",
    ),
    Idiom(
        "RELIEF",
        "lift, ease, waive, remove, drop, relax, suspend, end, scrap, roll back, loosen, cancel",
        "sanctions, embargo, arms embargo, oil embargo, blockade, ban on, restrictions, curbs",
    ),
    Idiom(
        "TRUCE",
        "agree, agree to, agree on, declare, announce, sign, reach, accept, extend, observe, broker, call, respect, honour",
        "ceasefire, cease fire, truce, ceasefires, armistice, humanitarian pause, peace deal, peace accord, peace agreement",
    ),
    Idiom(
        "MUSTER",
        "call up, draft, mobilise, mobilize, send, deploy, mass, rush, dispatch, move, order",
        """reservists, troops, soldiers, forces, marines, tanks, warships, warship, carrier, aircraft carrier, destroyer,
        bombers, fighter jets, warplanes, missiles, launchers, battalion, brigade, reinforcements, paratroopers, armour,
        artillery, helicopters""",
    ),
    Idiom(
        "COMPLAINT",
        "lodge, voice, express, file, deliver, hand, send, register, summon, issue",
        """protest, complaint, formal protest, protest note, strong protest, serious concern, grave concern, outrage,
        condemnation, ambassador over, envoy over, ambassador to protest, strongly worded statement""",
    ),
)

TURNS = {
    "ASSAULT": """
        under attack, under fire, comes under fire, came under fire, opens fire, opened fire, open fire, exchange of fire,
        exchange fire, exchanged fire, exchanges of fire, trade fire, traded fire, gun battle, fierce fighting, heavy
        fighting, fighting erupts, fighting rages, clashes erupt, hit by missile, hit by rocket, hit by drone, hit by
        shell, hit by air strike, hit by drones, hit by missiles, struck by missile, struck by drone, blown up, suicide
        bomber, suicide bombers, suicide bombing, suicide attack, car bomb, rebels take, rebels seize, rebels capture,
        seize town, captures town, take town, falls to, claims responsibility, claimed responsibility, ceasefire
        collapses, cease fire collapses, truce collapses, hits back at, strikes back""",
    "PARLEY": """
        in talks, in talks with, in talks to, talks with, hold talks, back to the table, negotiating table, olive branch,
        ready to talk, willing to talk, ready to negotiate, willing to negotiate, open to dialogue, ready to engage, sit
        down with, face to face, agree to meet, agrees to meet, agreed to meet, talks about talks, back channel, offer to
        talk, will talk, shake hands, peace envoy, peace mission, first visit, historic visit, mend ties, restore ties,
        resume ties, normalise ties, normalize ties, thaw, rapprochement""",
    "NO_PARLEY": """
        talks collapse, talks fail, talks break down, talks end without, no deal, no talks, talks stall, talks off, talks
        called off, talks suspended, talks cancelled, refuses to negotiate, will not negotiate, won't negotiate, not
        negotiate, refuses to talk, will not talk, won't talk, refuses to meet, talks postponed, no dialogue""",
    "BACKDOWN": """
        back down, backs down, backed down, backing down, blinks, blinked, caves, caves in, climb down, climbdown,
        softens, softens tone, softens stance, eases stance, ease stance, eased its stance, relents, relented, stands
        down, stood down, stand down, step back, steps back, pulls back from, defuse, defuses, calm tensions, ease
        tensions, eases tensions, eased tensions, cool tensions, tones down, walks back threat, holds off, backs away""",
    "RISK": """
        warns of terrorist, warn of terrorist, risk of, threat of, remain a threat, remains a threat, real threat, poses
        threat, poses a threat, terror threat, terrorist threat, travel warning, security alert, alert level, warns of
        possible, could face, warns citizens, warns travellers""",
    "STANDBY": """
        on standby, on stand by, combat ready, combat readiness, firing position, on alert, on high alert, high alert, on
        a war footing, battle stations, ready to strike, ready to fire, ready for war, state of war, full alert, maximum
        alert, no sail zone, no fly zone, navigation warning, to the front, to the border, at the border, near the
        border""",
}


Phrases = dict[str, list[tuple[tuple[str, ...], frozenset[int]]]]


@dataclass(frozen=True, slots=True)
class IdiomFinder:
    """Verbs and nouns by their first word, each with all its words and the idioms it belongs to."""

    verbs: Phrases
    nouns: Phrases

    def find(self, words: Sequence[str]) -> list[tuple[int, str]]:
        """(place of the verb, name) of every idiom, from left to right."""
        nouns = _matches(self.nouns, words)
        if not nouns:
            return []
        found = {
            (place, IDIOMS[idiom].name): None
            for place, end, idioms in _matches(self.verbs, words)
            for at, _, owners in nouns
            if end <= at <= end + REACH
            for idiom in sorted(idioms & owners)
        }
        return list(found)


def idiom_finder() -> IdiomFinder:
    """A finder for all of `IDIOMS`; building it takes some 20 ms."""
    verbs = {
        number: {form for verb in listed(idiom.verbs) for form in forms(verb)} for number, idiom in enumerate(IDIOMS)
    }
    return IdiomFinder(
        _by_first_word(verbs), _by_first_word({n: set(listed(one.nouns)) for n, one in enumerate(IDIOMS)})
    )


def _by_first_word(phrases: Mapping[int, set[str]]) -> Phrases:
    owners: dict[tuple[str, ...], set[int]] = {}
    for number, group in phrases.items():
        for phrase in group:
            owners.setdefault(read_words(phrase).words, set()).add(number)
    found: Phrases = {}
    for words in sorted(owners):
        found.setdefault(words[0], []).append((words, frozenset(owners[words])))
    return found


def _matches(phrases: Phrases, words: Sequence[str]) -> list[tuple[int, int, frozenset[int]]]:
    """(start, end, idioms) of every phrase that stands in `words`."""
    found = []
    for place, word in enumerate(words):
        for phrase, idioms in phrases.get(word, ()):
            end = place + len(phrase)
            if len(phrase) == 1 or tuple(words[place:end]) == phrase:
                found.append((place, end, idioms))
    return found
