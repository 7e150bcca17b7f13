"""Carries out what the review page asks, off the GUI thread: one call of the desks an order. No Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from console.application.alarm_review import AlarmReview
from console.application.case_desk import CaseDesk, FiledCase
from console.application.live_wall import LiveWall
from console.application.talk import TalkDesk
from console.domain.accounts import Actor, Verb
from console.domain.ids import AlarmId, CameraId
from console.domain.places import Place, metres_between
from console.domain.routing import Unit
from widgets.state import review as r
from widgets.state.telling import Named

NEAR_METRES = 500.0  # judgement: what an operator would call "round the corner"
NEAR_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDesks:
    """The desks the review page asks, and the list of units. All safe from any thread."""

    review: AlarmReview
    cases: CaseDesk
    talk: TalkDesk
    wall: LiveWall
    units: Callable[[], Sequence[Unit]]


def read_directory(desks: ReviewDesks) -> r.DirectoryRead:
    """Return the matters and units that the choices name."""
    return r.DirectoryRead(tuple(desks.review.categories()), tuple(desks.units()))


def read_sheet(desks: ReviewDesks, actor: Actor, alarm_id: AlarmId) -> r.Sheet:
    """Read everything the page shows of an alarm.

    Raises:
        Unavailable: the database is away. Stale: the alarm is not there any more.
    """
    card = desks.review.card(actor, alarm_id)
    category = next(item for item in desks.review.categories() if item.code == card.row.category)
    place = Place(address=card.address, street=card.street, community=card.community, grid_cell=card.grid_cell)
    proposal = desks.cases.propose(category.code, place)
    unit = None
    if proposal is not None:
        unit = next((item for item in desks.units() if item.unit_id == proposal.unit_id), None)
    camera_id = CameraId(card.row.camera_id) if card.row.camera_id else None
    return r.Sheet(
        card=card,
        category=category,
        unit=unit,
        because=proposal.because if proposal is not None else None,
        sentences=_sentences(desks, actor, camera_id) if camera_id else (),
        speakers=tuple(desks.talk.speakers_of(actor, camera_id)) if camera_id else (),
        near=_near(desks, actor, camera_id) if camera_id else (),
    )


def carry_out(desks: ReviewDesks, actor: Actor, order: r.Order) -> FiledCase | None:
    """Ask the desks for one order; a filing returns its case.

    Raises:
        Refusal: a rule said no, somebody was first, or the world failed. Nothing is half done then.
    """
    review = desks.review
    match order:
        case r.Acknowledge(alarm_id=alarm_id):
            review.acknowledge(actor, alarm_id)
        case r.TakeClaim(alarm_id=alarm_id):
            review.claim(actor, alarm_id)
        case r.Release(alarm_id=alarm_id):
            review.release(actor, alarm_id)
        case r.Dismiss(alarm_id=alarm_id, reason=reason):
            review.dismiss(actor, alarm_id, reason)
        case r.MergeInto(alarm_id=alarm_id, into=into):
            review.merge(actor, alarm_id, into)
        case r.Postpone(alarm_id=alarm_id, wait=wait):
            review.postpone(actor, alarm_id, wait)
        case r.Reclass(alarm_id=alarm_id, category=category):
            review.reclass(actor, alarm_id, category)
        case r.ConfirmAndFile(alarm_id=alarm_id, filing=filing, unit_id=unit_id, reason=reason):
            return desks.cases.confirm_and_file(actor, alarm_id, filing, unit_id, reason)
        case r.UndoVerdict(alarm_id=alarm_id):
            review.undo(actor, alarm_id)
        case r.UndoFiling(case_id=case_id):
            desks.cases.undo_filing(actor, case_id)
        case r.Speak():
            raise ValueError("speaking is the talk bar's, not a desk's order")
    return None


def _sentences(desks: ReviewDesks, actor: Actor, camera_id: CameraId) -> tuple[Named, ...]:
    zh = desks.talk.phrases(actor, camera_id, "zh")
    en = {phrase.phrase_id: text for phrase, text in desks.talk.phrases(actor, camera_id, "en")}
    return tuple(Named(text, en.get(phrase.phrase_id, text)) for phrase, text in zh)


def _near(desks: ReviewDesks, actor: Actor, camera_id: CameraId) -> tuple[r.Near, ...]:
    """Return the nearest other cameras with a measured place; a role that may not watch sees none."""
    if not actor.may(Verb.WATCH):
        return ()
    cameras = desks.wall.around(actor, camera_id, NEAR_METRES)
    here = next((camera for camera in cameras if camera.camera_id == camera_id), None)
    if here is None:
        return ()
    found = []
    for camera in cameras:
        metres = metres_between(here.place, camera.place)
        if camera.camera_id != camera_id and metres is not None and metres <= NEAR_METRES:
            found.append(r.Near(camera, metres))
    return tuple(sorted(found, key=lambda near: near.metres)[:NEAR_SHOWN])
