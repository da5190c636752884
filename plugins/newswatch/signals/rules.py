"""What would plain rules find? Words near one another in title and lead, as a keyword desk would write them.

They alert nobody: where they and the model disagree, the daily review card asks a person.
"""

from __future__ import annotations

import re

APART = 50  # characters between the first word of a rule and the second

# signal -> rules; a rule is one pattern, or two of which the second follows the first within APART
RULES: dict[str, tuple[tuple[str, ...], ...]] = {
    "launch": (
        (r"fir(es|ed)|launch(es|ed)?|test[- ]?fir(es|ed)|test(s|ed)", r"missiles?|rockets?|projectiles?|icbm|satellite"),
        (r"(missile|rocket|projectile)s?( \w+)? (launch|test)(es|s)?",),
    ),
    "nuclear": (
        (r"nuclear (test|weapon|warhead|device|programme|program|reactor|fuel)s?",),
        (r"enrich(es|ed|ing|ment)", r"uranium"),
    ),
    "threat": ((r"threat(en|ens|ened|ening)|vows? (to )?(retaliate|revenge|respond)|ultimatum|warns? of (war|attack)",),),
    "mobilization": (
        (r"deploy(s|ed|ing)?|mobili[sz]\w+|mass(es|ed)|call(s|ed)? up", r"troops?|forces?|soldiers?|tanks?|warships?|jets?"),
        (r"(military|joint|naval) (exercise|drill)s?",),
    ),
    "attack": (
        (r"air ?strikes?|strikes?|bomb(s|ed|ing|ings)|shell(s|ed|ing)|attack(s|ed)?|raids?|ambush\w*",
         r"kill\w*|wound\w*|hits?|town|city|base|troops|soldiers|civilians"),
    ),
    "incursion": (
        (r"violat(es|ed|ion)|enter(s|ed)|cross(es|ed)|intru\w+|breach\w*", r"airspace|border|waters"),
        (r"seiz(es|ed|ure)", r"(ship|vessel|tanker|boat)s?"),
    ),
    "sanction": ((r"sanction(s|ed)?|embargo(es)?|asset freeze|export ban",),),
    "rupture": (
        (r"cuts?|sever(s|ed)|suspend(s|ed)|breaks? off|recall(s|ed)|expel(s|led)",
         r"ties|relations|talks|ambassadors?|diplomats?|envoys?"),
    ),
    "cyber": ((r"cyber[- ]?(attack|assault)s?|hack(s|ed|ers?|ing)|ransomware|ddos",),),
    "condemnation": ((r"condemn(s|ed|ation)?|denounc(es|ed)|accus(es|ed)",),),
    "deescalation": (
        (r"cease-?fire|truce|peace (deal|talks|agreement)|prisoner swap",),
        (r"resum(es|ed)", r"talks|relations"),
        (r"withdraw(s|al|n)?", r"troops|forces"),
    ),
}  # fmt: skip


def signals_by_rule(title: str, lead: str = "") -> tuple[str, ...]:
    """The signals of which a rule fits, in the order of `SIGNALS`."""
    text = f"{title}. {lead}"
    return tuple(signal for signal, pattern in _PATTERNS.items() if pattern.search(text))


def _pattern(rules: tuple[tuple[str, ...], ...]) -> re.Pattern[str]:
    alternatives = (rf"\b.{{0,{APART}}}?\b".join(f"(?:{part})" for part in rule) for rule in rules)
    return re.compile("|".join(rf"\b(?:{one})\b" for one in alternatives), re.IGNORECASE | re.DOTALL)


_PATTERNS = {signal: _pattern(rules) for signal, rules in RULES.items()}
