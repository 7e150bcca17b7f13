"""What citizens read: the form's words, what is wrong with what they sent, and where a report stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from console.application.intake_ports import ReportStatus
from console.domain.alarms import AlarmStage, DismissReason
from console.domain.cases import Stage
from console.words import N_

PAGE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "title": N_("Report a problem here"),
        "emergency": N_("In danger, call 110 (police), 119 (fire) or 120 (ambulance) first."),
        "matter": N_("What is it?"),
        "nearest": N_("The nearest will do; an operator looks at it."),
        "text": N_("What do you see?"),
        "text_hint": N_("In a few words: what, where exactly, since when."),
        "photos": N_("Photos, up to 3"),
        "photos_hint": N_("JPEG or PNG, up to 8 MB each. If you can, without faces."),
        "add_photo": N_("Add"),
        "photo_added": N_("Added"),
        "contact": N_("Telephone, if we may ask back"),
        "contact_hint": N_("Need not be given; used for this report only."),
        "send": N_("Send the report"),
        "faults": N_("Not sent yet"),
        "thanks": N_("Thank you. Your report has arrived."),
        "standing": N_("Where your report stands"),
        "number": N_("Report number"),
        "kept": N_("Keep this page: it shows at any time how far it is."),
        "another": N_("Report something else here"),
        "matter_head": N_("Matter"),
        "place": N_("Place"),
        "sent_at": N_("Sent"),
        "see_it": N_("See where it stands"),
    }
)

MATTER = N_("Choose what it is.")
SAY_OR_SHOW = N_("Say in a few words what you see, or add a photo.")
TOO_LONG = N_("The text is longer than {most} characters.")
UNREADABLE = N_("The text holds characters that cannot be kept.")
NO_PICTURE = N_("Photo {n} is neither JPEG nor PNG.")
PHOTO_TOO_LARGE = N_("Photo {n} is too large. One of up to 8 MB can be sent.")
NO_NUMBER = N_("A telephone number has digits, spaces and + - ( ) only.")
INCOMPLETE = N_("The form was incomplete. Please send it once more.")
CHOOSE_AGAIN = N_("Photos have to be chosen once more.")
AWAY = N_("Reports cannot be kept at this moment. Nothing was; please send it again in a few minutes.")
WAIT = N_("Many reports are coming in. Please send it again in {seconds} s.")

# What a page that is only a refusal says, by the status it is answered with; others say the first.
FAULTS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        400: (N_("This could not be read"), N_("Please go back and send it again: at most 3 photos, JPEG or PNG.")),
        404: (
            N_("Nothing is here"),
            N_("The code may have been taken down. Scan it again, or call the city's hotline."),
        ),
        405: (N_("Nothing is here"), N_("Please scan the code again.")),
        408: (N_("It took too long to arrive"), N_("Please go back and send it again where the network is better.")),
        409: (N_("This form was sent before"), N_("It is one report already. For something else open the form anew.")),
        413: (N_("That is too much at once"), N_("Please go back and send up to 3 photos of up to 8 MB each.")),
        429: (N_("Please wait a little"), WAIT),
        503: (N_("Not possible at this moment"), AWAY),
    }
)

_DISMISSED: Mapping[DismissReason, str] = MappingProxyType(
    {
        DismissReason.SEEN_WRONGLY: N_("We looked and found nothing of the kind there."),
        DismissReason.NO_OFFENCE: N_("We looked: by the rules it needs no handling."),
        DismissReason.ALREADY_GONE: N_("When we looked, it was gone."),
        DismissReason.REPORTED_BEFORE: N_("It had been reported before and is being handled."),
        DismissReason.PICTURE_FAULT: N_("What was sent did not show enough. Please report it once more, with a photo."),
        DismissReason.OTHER: N_("We looked; it was not taken up."),
    }
)


class StepState(StrEnum):
    DONE = "done"
    NOW = "now"
    NEXT = "next"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a report's way, in words for whoever reported it.

    Attributes:
        at: when it was reached. note: one more sentence, "" if none, filled with ``values``.
    """

    word: str
    state: StepState
    at: datetime | None = None
    note: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


_RECEIVED, _CONFIRMED, _HANDLED, _CLOSED = N_("Received"), N_("Confirmed"), N_("Being handled"), N_("Closed")
_LOOKED, _JOINED, _WITHDRAWN = N_("Looked at"), N_("Joined with another report"), N_("Withdrawn")
_OVER = N_("Over")


def steps_of(status: ReportStatus, unit: str) -> tuple[Step, ...]:
    """Return a report's way: what was, what is, what will be.

    Args:
        unit: who handles it, in the reader's language.
    """
    received = Step(word=_RECEIVED, state=StepState.DONE, at=status.at)
    ahead = [Step(word=word, state=StepState.NEXT) for word in (_CONFIRMED, _HANDLED, _CLOSED)]
    if status.alarm_stage is AlarmStage.WAITING:
        now = Step(word=_RECEIVED, state=StepState.NOW, at=status.at, note=N_("An operator will look at it."))
        return (now, *ahead)
    if status.alarm_stage is AlarmStage.DISMISSED:
        note = _DISMISSED[status.reason or DismissReason.OTHER]
        return (received, Step(word=_LOOKED, state=StepState.ENDED, at=status.decided_at, note=note))
    if status.alarm_stage is AlarmStage.MERGED:
        note = N_("Both are one matter and are handled together.")
        return (received, Step(word=_JOINED, state=StepState.ENDED, at=status.decided_at, note=note))
    if status.alarm_stage is AlarmStage.RECOVERED:
        note = N_("The sensor there measures what it should again.")
        return (received, Step(word=_OVER, state=StepState.ENDED, at=status.decided_at, note=note))
    confirmed = Step(word=_CONFIRMED, state=StepState.DONE, at=status.decided_at)
    if status.case_stage is Stage.VOID:
        note = N_("It needs no further handling.")
        return (received, confirmed, Step(word=_WITHDRAWN, state=StepState.ENDED, at=status.changed_at, note=note))
    if status.case_stage is Stage.CLOSED:
        handled = Step(word=_HANDLED, state=StepState.DONE, at=status.delivered_at)
        note = N_("It was dealt with and looked at again.")
        return (received, confirmed, handled, Step(word=_CLOSED, state=StepState.DONE, at=status.closed_at, note=note))
    if status.case_stage in (Stage.DELIVERED, Stage.HANDLED, Stage.CHECKED):
        is_answered = status.case_stage is not Stage.DELIVERED
        note = N_("{unit} says it is done; we look again.") if is_answered else N_("{unit} has it in hand.")
        now = Step(word=_HANDLED, state=StepState.NOW, at=status.delivered_at, note=note, values={"unit": unit})
        return (received, confirmed, now, ahead[2])
    now = Step(
        word=_CONFIRMED,
        state=StepState.NOW,
        at=status.decided_at,
        note=N_("It is on its way to those who deal with it."),
    )
    return (received, now, ahead[1], ahead[2])
