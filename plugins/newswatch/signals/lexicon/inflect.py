"""How does an English verb look in a headline? Base form in, all forms out."""

from __future__ import annotations

_IRREGULAR_ROWS = """
    break broke broken; bring brought; build built; buy bought; call called; come came; cut cut cutting; draw drew
    drawn; drive drove driven; fight fought; find found; fly flew flown flies flying; freeze froze frozen; give gave
    given; hit hit hitting; hold held; kick kicked; lay laid; leave left; let let letting; make made; meet met;
    overfly overflew overflown; overrun overran overrunning; overthrow overthrew overthrown; pay paid; put put
    putting; quit quit quitting; ram rammed ramming; reach reached; rip ripped ripping; say said; see saw seen; seek
    sought; sell sold; send sent; set set setting; shoot shot; shut shut shutting; sink sank sunk; sit sat sitting;
    slay slew slain; speak spoke spoken; stand stood; steal stole stolen; stop stopped stopping; storm stormed;
    strike struck stricken; swear swore sworn; take took taken; teach taught; tear tore torn; tell told; throw threw
    thrown; turn turned; wind wound; withdraw withdrew withdrawn; bar barred barring; ban banned banning; drop
    dropped dropping; lob lobbed lobbing; slam slammed slamming; slap slapped slapping; snub snubbed snubbing; swap
    swapped swapping; scrap scrapped scrapping; rap rapped rapping; plan planned planning; commit committed
    committing; compel compelled; expel expelled expelling; cancel cancelled cancelling canceled canceling; rebut
    rebutted rebutting; admit admitted admitting; begin began begun beginning; spot spotted spotting; trap trapped;
    stab stabbed; shun shunned; pin pinned; kidnap kidnapped kidnapping; bomb bombed; jam jammed jamming; hand
    handed; incur incurred; split split; rebuff rebuffed; rely relied; get got getting; die died dying dies; spur
    spurred; level levelled leveled; torpedo torpedoed torpedoes; pass passed passes; annul annulled; rebuild
    rebuilt; forgo forwent; spy spied spies spying; nab nabbed; decry decried decries; deny denied denies; try tried
    tries; ratify ratified ratifies; defy defied defies; vilify vilified vilifies; eye eyed eyeing eyes; drown
    drowned; sabotage sabotaged"""
_IRREGULAR = {row.split()[0]: row.split()[1:] for row in _IRREGULAR_ROWS.split(";")}
_VOWELS = "aeiou"


def forms(phrase: str) -> tuple[str, ...]:
    """Every form of a verb phrase, inflected on its first word: "shoot down" -> shoots down, shot down, shooting down ..."""
    verb, _, rest = phrase.partition(" ")
    tail = f" {rest}" if rest else ""
    return tuple(dict.fromkeys(f"{form}{tail}" for form in (verb, *_verb_forms(verb))))


def _verb_forms(verb: str) -> tuple[str, ...]:
    irregular = tuple(_IRREGULAR.get(verb, ()))
    consonant_y = verb.endswith("y") and verb[-2:-1] not in _VOWELS
    root = verb[:-1] if verb.endswith("e") else verb
    third = verb[:-1] + "ies" if consonant_y else verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh")) else "s")
    past = verb[:-1] + "ied" if consonant_y else root + "ed"
    return (*irregular, third, past, root + "ing")
