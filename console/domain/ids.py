"""Names of things. Plain strings at run time, different types to the checker."""

import uuid
from typing import NewType

AlarmId = NewType("AlarmId", str)
CaseId = NewType("CaseId", str)
CameraId = NewType("CameraId", str)
RuleId = NewType("RuleId", str)
EvidenceId = NewType("EvidenceId", str)
UnitId = NewType("UnitId", str)
SpeakerId = NewType("SpeakerId", str)
AccountId = NewType("AccountId", str)
SeatId = NewType("SeatId", str)
ShiftId = NewType("ShiftId", str)
TalkId = NewType("TalkId", str)
RecheckId = NewType("RecheckId", str)
SegmentId = NewType("SegmentId", str)
CategoryCode = NewType("CategoryCode", str)


def new_id() -> str:
    """Return a name nobody else has: 32 hexadecimal digits."""
    return uuid.uuid4().hex
