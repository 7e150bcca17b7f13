"""How Chinese names are read, by pypinyin. Its tables take a third of a second to load: import this module late."""

import re
from functools import lru_cache
from itertools import islice, product

from pypinyin import Style, pinyin

from console.domain.camera_words import Reading, normal

# Judgement: the second reading of a character is heard in the street (重庆 as chóng or zhòng), the third in a poem.
READINGS_A_CHARACTER = 2
READINGS_A_NAME = 4
NAMES_KEPT = 131_072  # twice the largest directory; a name's reading is some hundred bytes

_PARTS = re.compile(r"([\u3400-\u9fff]+)|([^\W_\u3400-\u9fff]+)")


@lru_cache(maxsize=NAMES_KEPT)
def reading_of(name: str) -> Reading:
    """Return how a name is said; letters and digits in it are said as they are written. Safe from any thread.

    A character that may begin with another letter gives the name another way to be said; other tones or endings do
    not: nobody looks for 路 as luo.
    """
    said: list[tuple[tuple[str, str], ...]] = []  # a syllable: its ways, each an initial and the whole
    for characters, written in _PARTS.findall(normal(name)):
        if written:
            said.append(((written, written),))
            continue
        for ways in pinyin(characters, style=Style.NORMAL, heteronym=True, errors="ignore"):
            by_initial: dict[str, str] = {}
            for way in ways[:READINGS_A_CHARACTER]:
                by_initial.setdefault(way[:1], way)
            said.append(tuple(by_initial.items()))
    if not said:
        return Reading((), ())
    chosen = list(islice(product(*said), READINGS_A_NAME))
    return Reading(
        initials=tuple("".join(initial for initial, _ in ways) for ways in chosen),
        pinyin=tuple("".join(whole for _, whole in ways) for ways in chosen),
    )
