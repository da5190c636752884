"""Is this the text of an article, or of the wall in front of it?"""

from __future__ import annotations

import re

LONGEST_WALL = 1_200  # characters; a longer text that speaks of cookies is about cookies

_WALLS = re.compile(
    r"(?:enable|turn on|requires?) (?:javascript|cookies)|javascript (?:is|must be) (?:disabled|enabled|required)"
    r"|(?:we|our partners|this (?:web)?site) uses? cookies|accept (?:all )?cookies|cookie (?:policy|settings|preferences)"
    r"|subscri(?:be|ption)s? (?:to|is required to|now to) (?:continue|read|unlock)|to (?:continue|keep) reading"
    r"|already a subscriber|this (?:article|content) is (?:only )?(?:for|available to) (?:our )?subscribers"
    r"|access (?:to this page has been )?denied|verify (?:that )?you are (?:a )?human|checking your browser"
    r"|unusual traffic|page (?:you requested )?(?:was |could )?not (?:be )?found|error 40[34]|403 forbidden"
    r"|not available in your (?:country|region)"
    r"|nous utilisons des cookies|accepter les cookies|réservé aux abonnés"
    r"|wir verwenden cookies|cookies akzeptieren|nur für abonnenten"
    r"|utilizamos cookies|aceptar (?:las )?cookies|solo para suscriptores",
    re.IGNORECASE,
)


def why_unusable(text: str, *, shortest: int) -> str | None:
    """`empty`, `too_short` (fewer than `shortest` characters) or `boilerplate` (a wall's words); None for an
    article's text.
    """
    if not text:
        return "empty"
    if len(text) < shortest:
        return "too_short"
    return "boilerplate" if len(text) <= LONGEST_WALL and _WALLS.search(text) else None
