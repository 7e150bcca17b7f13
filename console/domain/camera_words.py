"""What a camera is found by: one text a camera, its fields in a fixed order, each on a line of its own."""

import unicodedata
from dataclasses import dataclass

from console.domain.cameras import Camera

LINE = "\n"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a name is said.

    Attributes:
        initials: the first letter of each syllable; several where a character has several readings.
        pinyin: the syllables in full, without tones and spaces; likewise.
    """

    initials: tuple[str, ...]
    pinyin: tuple[str, ...]


def normal(text: str) -> str:
    """Return text as it is compared: full-width signs as half-width ones, no case, no line ends."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words_of(camera: Camera, reading: Reading) -> str:
    """Return the text a camera is found by.

    Each field begins behind a line end, so that a word at the beginning of a field can be told from one within it;
    number, code and name come first, because who types them means this camera.
    """
    place = camera.place
    fields = (
        camera.number,
        camera.code,
        camera.name,
        *reading.initials,
        *reading.pinyin,
        place.address,
        place.district,
        place.street,
        place.community,
        camera.owner,
        *camera.tags,
    )
    return LINE + LINE.join(said for field in fields if (said := normal(field))) + LINE
