"""Who reports to us from outside: partners with a token, and citizens at a place with a code."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from console.domain.errors import DomainError
from console.domain.ids import CameraId
from console.domain.places import Place

BROKER_PASSWORD = "mqtt-broker"  # what the vault keeps it under
PARTNER_NAME = re.compile(r"[a-z0-9_-]{1,40}")

# Without 0 o, 1 i l: a code is also read from a sheet and typed. 12 of 31 signs are 59 bits.
CODE_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 12
PLACE_CODE = re.compile(rf"[{CODE_SIGNS}]{{{CODE_LENGTH}}}")


def token_name(partner: str) -> str:
    """Return what the vault keeps a partner's token under."""
    return f"intake-{partner}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCode:
    """A code that hangs at a place: whoever reads it may report what is wrong there.

    Attributes:
        label_zh, label_en: what people call the place; English may be empty.
        camera_id: whose picture may show it, if any.
        forgotten_at: since when nobody can report by it; what was reported before keeps its state.
    """

    code: str
    label_zh: str
    place: Place
    made_at: datetime
    label_en: str = ""
    camera_id: CameraId | None = None
    forgotten_at: datetime | None = None

    def __post_init__(self) -> None:
        if not PLACE_CODE.fullmatch(self.code):
            raise DomainError("{code} is no code of a place.", code=self.code)
        if not self.label_zh.strip():
            raise DomainError("A place needs a name.")


def new_code() -> str:
    """Return a code nobody can guess."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def reported_at(code: str) -> str:
    """Return what a report made at a place counts as its sender; no partner can be called so."""
    return f"place/{code}"


def report_number(report_id: str) -> str:
    """Return what people call a report, on the telephone too: eight signs of its id, which stays secret."""
    return f"{report_id[:4]}-{report_id[4:8]}".upper()
