"""The words of the page of parking bays: a row for each bay, and one for each stay."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from console.application.bays_desk import BayRow, BayStay
from console.domain.bay_sessions import BaySession, Settled
from console.domain.cameras import Camera
from console.words import N_
from widgets.common.text_table import TextRow
from widgets.state.bays import BayTold, day_and_minute, state_words, whole_minutes
from widgets.state.telling import Teller, Told

NOTHING = "–"
BAY_HEADS = (N_("Bay"), N_("State"), N_("For"), N_("Longest stay"), N_("Camera"))
BAY_STRETCHED = 4
STAY_HEADS = (N_("Bay"), N_("Came"), N_("Went"), N_("Stay"), N_("How sure"), N_("Plate"), N_("Camera"))
STAY_STRETCHED = 6
_SHAPES = {"free": "○", "occupied": "■", "unsure": "?"}
"""A shape beside the word, so that a row is known at a glance and without colour."""
_SETTLED = {
    Settled.OCCUPIED: N_("settled by {who}: it was occupied"),
    Settled.FREE: N_("settled by {who}: it was free"),
}


def camera_name(camera: Camera) -> str:
    """Return the camera as it is said at a desk."""
    return " ".join(part for part in (camera.number, camera.name or camera.place.address) if part)


def bay_rows(
    rows: Iterable[BayRow], told: Mapping[tuple[str, str, int], BayTold], watched: frozenset[str], teller: Teller
) -> list[TextRow]:
    """Return a row for each bay.

    Args:
        told: the newest of each, by camera, rule and number. watched: the cameras that were looked at just now.
    """
    return [
        TextRow(
            key=f"{row.camera.camera_id}\n{row.rule.rule_id}\n{number}",
            cells=(
                f"{row.rule.zone.name} · {number}",
                *_state(
                    told.get((row.camera.camera_id, row.rule.rule_id, number)),
                    teller,
                    is_watched=row.camera.camera_id in watched,
                ),
                teller.span(timedelta(seconds=row.rule.dwell_s)),
                camera_name(row.camera),
            ),
        )
        for row in rows
        for number in range(1, len(row.rule.bays) + 1)
    ]


def stay_row(stay: BayStay, now: datetime, teller: Teller) -> TextRow:
    """Return the row of a stay."""
    session = stay.session
    came = day_and_minute(session.entered_at, now, teller)
    if not session.is_begin_known:
        came = teller.say(Told(N_("before {time}"), {"time": came}))
    went = (
        teller.say(Told(N_("still there"))) if session.left_at is None else day_and_minute(session.left_at, now, teller)
    )
    lasted = whole_minutes(((session.left_at or now) - session.entered_at).total_seconds(), teller)
    return TextRow(
        key=session.session_id,
        cells=(
            f"{session.row} · {session.bay}",
            came,
            went,
            lasted,
            teller.say(sureness(session)),
            session.plate or NOTHING,
            camera_name(stay.camera),
        ),
    )


def sureness(session: BaySession) -> Told:
    """Return how sure a stay is, or what a person said of it."""
    if session.settled is not None:
        return Told(_SETTLED[session.settled], {"who": session.settled_by})
    return Told(N_("sure")) if session.is_sure else Told(N_("not sure: a person decides"))


def _state(told: BayTold | None, teller: Teller, *, is_watched: bool) -> tuple[str, str]:
    if told is None or not is_watched:
        return f"? {teller.say(Told(N_('Not watched now')))}", NOTHING
    words = teller.say(state_words(told.state, told.cause, is_overdue=told.is_overdue))
    shape = "▲" if told.is_overdue and told.state == "occupied" else _SHAPES[told.state]
    return f"{shape} {words}", whole_minutes(told.since_s, teller)
