"""Which of our two languages a browser asks for."""

import re

from console.words import CHINESE, ENGLISH

SHORT = {CHINESE: "zh", ENGLISH: "en"}
_BY_SHORT = {short: language for language, short in SHORT.items()}
_WISH = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q=([0-9.]{1,5}))?\s*")


def language_for(chosen: str, accepted: str) -> str:
    """Return the language of a page: the chosen one, else what the browser prefers, else Chinese.

    Args:
        chosen: ``zh`` or ``en`` as the page's own link says it; anything else counts as nothing.
        accepted: the header ``Accept-Language`` (RFC 9110, 12.5.4).
    """
    if chosen in _BY_SHORT:
        return _BY_SHORT[chosen]
    best, weight = CHINESE, 0.0
    for wish in accepted[:400].split(","):
        found = _WISH.fullmatch(wish)
        if found is None or found[1].lower() not in _BY_SHORT:
            continue
        wanted = _weight(found[2])
        if wanted > weight:
            best, weight = _BY_SHORT[found[1].lower()], wanted
    return best


def _weight(said: str | None) -> float:
    if said is None:
        return 1.0
    try:
        return float(said)
    except ValueError:
        return 0.0
