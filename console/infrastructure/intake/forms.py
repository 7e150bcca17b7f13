"""What a caller may send, checked whole: lengths, numbers, and text that any database can keep."""

import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic.json_schema import SkipJsonSchema

MOST_TEXT = 4000  # GeoReport v2
MOST_WORD = 200


def can_be_kept(text: str) -> str:
    """Refuse what no record holds: NUL and other control characters, halves of a character."""
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\r\t":
            raise ValueError("a control character, or half of one")
    return text


# The same said to machines; a schema knows no surrogates, which no JSON of theirs should hold.
_KEEPABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
Text = Annotated[str, StringConstraints(max_length=MOST_TEXT, pattern=_KEEPABLE), AfterValidator(can_be_kept)]
Word = Annotated[str, StringConstraints(max_length=MOST_WORD, pattern=_KEEPABLE), AfterValidator(can_be_kept)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=MOST_WORD, pattern=_KEEPABLE)]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
Key = Annotated[str, StringConstraints(max_length=100, pattern=r"^[!-~]*$")]


def _is_given(value: object) -> object:
    if value is None:
        raise ValueError("left out, or a number")
    return value


Longitude = Annotated[
    Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | SkipJsonSchema[None], BeforeValidator(_is_given)
]
Latitude = Annotated[
    Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | SkipJsonSchema[None], BeforeValidator(_is_given)
]


def _somewhere(*words: str, east: str, north: str) -> dict[str, Any]:
    """Return what a schema says of a place: one of these words, or both numbers; never one number alone."""
    named = [{"required": [word], "properties": {word: {"pattern": r"\S"}}} for word in words]
    return {
        "anyOf": [*named, {"required": [east, north]}],
        "dependentRequired": {east: [north], north: [east]},
    }


class Ticket(BaseModel):
    """A report as JSON. A place is needed: ``address``, both ``longitude`` and ``latitude``, or ``camera_number``."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        json_schema_extra=_somewhere("address", "camera_number", east="longitude", north="latitude"),
    )

    service_code: Code
    key: Annotated[Key, Field(description="the sender's own name of it; the same key is the same report")] = ""
    address: Word = ""
    longitude: Longitude = None
    latitude: Latitude = None
    camera_number: Word = ""
    text: Text = ""
    name: Word = ""
    contact: Word = ""
    priority: Literal["high", "medium", "low"] = "medium"

    @model_validator(mode="after")
    def _is_somewhere(self) -> "Ticket":
        if (self.longitude is None) != (self.latitude is None):
            raise ValueError("longitude and latitude belong together")
        if not self.address.strip() and self.latitude is None and not self.camera_number.strip():
            raise ValueError("a place is required: address, longitude and latitude, or camera_number")
        return self


class Form(BaseModel):
    """A report as GeoReport v2 sends it. What it does not know is passed over, as the specification's attributes."""

    model_config = ConfigDict(
        extra="ignore",
        hide_input_in_errors=True,
        json_schema_extra=_somewhere("address_string", east="long", north="lat"),
    )

    api_key: Name
    service_code: Code
    jurisdiction_id: Word = ""
    lat: Latitude = None
    long: Longitude = None
    address_string: Word = ""
    description: Text = ""
    first_name: Word = ""
    last_name: Word = ""
    phone: Word = ""
    email: Word = ""
    device_id: Word = ""
    account_id: Word = ""
    media_url: Word = ""

    @model_validator(mode="after")
    def _is_somewhere(self) -> "Form":
        if (self.long is None) != (self.lat is None):
            raise ValueError("lat and long belong together")
        if not self.address_string.strip() and self.lat is None:
            raise ValueError("a place is required: address_string, or lat and long")
        return self
