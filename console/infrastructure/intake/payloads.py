"""What a sensor may send: any bytes at all become a reading or a refusal, never a fault."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from console.domain.sensors import Reading
from console.infrastructure.intake.refusals import faults_in

MOST_BYTES = 4096  # judgement: a reading has some hundred
GREATEST = 2**53 - 1  # what JSON's numbers hold exactly, and any table's


class PayloadRefused(Exception):
    """A message that is no reading; the reason names fields, never what stood in them."""


def _is_a_moment(value: object) -> object:
    """Refuse numbers: seconds or milliseconds of which year nobody could tell."""
    if not isinstance(value, str) or not value[:4].isdigit() or "-" not in value[:5]:
        raise ValueError("a date and time with its zone is expected, as 2026-11-24T08:00:00+08:00")
    return value


def _whole(value: object) -> object:
    """JSON has one kind of number: 3.0 is 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Count = Annotated[int, BeforeValidator(_whole)]


class Measured(BaseModel):
    """A reading as JSON. ``boot`` grows when the sensor starts again, ``sequence`` by one each reading, from 1."""

    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)

    boot: Count = Field(default=0, ge=0, le=GREATEST)
    sequence: Count = Field(ge=1, le=GREATEST)
    value: float = Field(ge=-1e12, le=1e12, allow_inf_nan=False)
    at: Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_is_a_moment)]

    @property
    def reading(self) -> Reading:
        return Reading(boot=self.boot, sequence=self.sequence, value=self.value, at=_utc(self.at))


def reading_in(payload: bytes) -> Reading:
    """Return the reading of a message.

    Raises:
        PayloadRefused: it is none.
    """
    if len(payload) > MOST_BYTES:
        raise PayloadRefused(f"a reading has at most {MOST_BYTES} bytes")
    try:
        return Measured.model_validate_json(payload).reading
    except ValidationError as cause:
        raise PayloadRefused(faults_in(cause.errors(include_input=False, include_url=False))) from None


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the first and the last day there are
        return moment.replace(tzinfo=UTC)
