"""The sheet that hangs at a place: its QR code, large, and what to do with it, in both languages. One page of A4."""

import itertools

import jinja2
import segno

from console.domain.intake import PlaceCode
from console.words import CHINESE, ENGLISH, LANGUAGES, N_, Words
from resources.locate import locate

SIDE_MM = 112.0
QUIET = 4  # modules around it that stay white (ISO/IEC 18004)
MOST_LABEL_MM, LARGEST_MM = 174.0, 11.0
_LATIN_SHARE = 0.55  # what a Latin letter takes of its height, of a Chinese sign's whole

_WORDS = {
    "title": N_("Something wrong here? Scan and tell us."),
    "hint": N_("No app, no account, in a minute. You see how far it is."),
    "emergency": N_("In danger, call 110 (police), 119 (fire) or 120 (ambulance) first."),
}


def sheet_of(place: PlaceCode, address: str) -> str:
    """Return the sheet as SVG.

    Args:
        address: what a telephone opens when it reads the code.
    """
    rows = [bytes(row) for row in segno.make_qr(address, error="q").matrix_iter(scale=1, border=QUIET)]
    words = {
        language: {name: Words(language).say(sentence) for name, sentence in _WORDS.items()} for language in LANGUAGES
    }
    label_en = place.label_en or place.place.address
    pages = jinja2.Environment(loader=jinja2.FileSystemLoader(locate("documents")), autoescape=True)
    return pages.get_template("place_sheet.svg").render(
        zh=words[CHINESE],
        en=words[ENGLISH],
        label_zh=place.label_zh,
        label_zh_mm=_height_for(place.label_zh),
        label_en=label_en if label_en != place.label_zh else "",
        label_en_mm=min(_height_for(label_en), 6.5),
        address=address,
        address_mm=min(_height_for(address), 4.5),
        side_mm=SIDE_MM,
        modules=len(rows),
        dark=_outline(rows),
    )


def _outline(rows: list[bytes]) -> str:
    """Return the dark modules as one path, a rectangle for each run of a row."""
    parts = []
    for y, row in enumerate(rows):
        x = 0
        for is_dark, run in itertools.groupby(row):
            width = len(list(run))
            if is_dark:
                parts.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return "".join(parts)


def _height_for(text: str) -> float:
    """Return the height (mm) at which a line is no wider than the sheet."""
    signs = sum(1.0 if ord(sign) > 0x2E80 else _LATIN_SHARE for sign in text)
    return round(min(LARGEST_MM, MOST_LABEL_MM / max(signs, 1.0)), 2)
