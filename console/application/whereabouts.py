"""Where a piece of evidence was taken, for the gate: an area is asked of places, not of files."""

from console.application.errors import Stale
from console.application.ports import UnitOfWork
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import CameraId, CaseId, TalkId
from console.domain.places import Place


def whereabouts(unit: UnitOfWork, item: EvidenceItem) -> tuple[Place | None, CameraId | None]:
    """Return place and camera of an item: its own camera, else those of its talk session or case.

    Either may be left for the gate to look up. Where nobody can say, the place is in no area.
    """
    if item.camera_id is not None:
        return None, item.camera_id
    try:
        if item.kind is EvidenceKind.SPEECH:
            return None, unit.talks.get(TalkId(item.subject_id)).camera_id
        case = unit.cases.get(CaseId(item.subject_id))
    except Stale:
        return Place(address=""), None
    return case.place, case.camera_id
