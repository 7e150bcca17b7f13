"""The case's evidence: what each item is, when, whether its digest agrees and whether its clock lets it prove."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.application.read_models import CasePage
from console.domain.evidence import Doubt, EvidenceItem, EvidenceKind
from console.words import N_
from widgets.common.lettering import ElidedLabel, StateShape, label
from widgets.state.telling import Teller, Told

KIND_WORDS = {
    EvidenceKind.CLIP: N_("Clip {time}, {seconds} s"),
    EvidenceKind.STILL: N_("Alarm still {time}"),
    EvidenceKind.SPEECH: N_("Speech {time}, {seconds} s"),
    EvidenceKind.PHOTO: N_("Photo of the unit {time}"),
    EvidenceKind.RECHECK_STILL: N_("Re-check still {time}"),
}

REPORTED_WORDS = N_("Photo of whoever reported it {time}")

DELETED_FOR_ROOM = N_("Deleted on {day}: the disk was full. What is known of it stays.")
DELETED_WORDS = {
    "age": N_("Deleted on {day}: the days it is kept were over. What is known of it stays."),
    "quota": N_("Deleted on {day}: its quota was full. What is known of it stays."),
}


class EvidenceLine(QWidget):
    """One item."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evidence_id = ""
        self._shape = StateShape("ok", 16, self)
        self._words = ElidedLabel("body", "t1")
        self._digest = label("caption", "t3")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(self._shape)
        row.addWidget(self._words, 1)
        row.addWidget(self._digest)

    def show_item(self, item: EvidenceItem, agrees: bool | None, teller: Teller) -> None:
        self._evidence_id = item.evidence_id
        values = {"time": item.captured_at or item.begins_at, "seconds": f"{item.duration_s:.0f}"}
        self._words.setText(teller.say(Told(REPORTED_WORDS if item.is_reported else KIND_WORDS[item.kind], values)))
        shape, told = item_state(item, agrees)
        if item.deleted_at is not None:
            words = DELETED_WORDS.get(item.deleted_why, DELETED_FOR_ROOM)
            shape, told = "partly", Told(words, {"day": teller.day(item.deleted_at)})
        self._shape.show_shape(shape, teller.say(told))
        self._digest.setText(f"{item.sha256[:4]}…{item.sha256[-4:]}")
        self.setToolTip(teller.say(told))
        self.setAccessibleName(f"{self._words.text()}: {teller.say(told)}")

    # ---- Qt's own ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.picked.emit(self._evidence_id)


class EvidenceList(QWidget):
    """All items of a case, and one sentence about all of them."""

    picked = Signal(str)

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._title = label("body", "t1", strong=True)
        self._summary = label("small", "t2", wrap=True)
        self._lines: list[EvidenceLine] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self._title)
        self._column.addWidget(self._summary)

    @property
    def summary(self) -> str:
        return self._summary.text()

    def show_page(self, page: CasePage, digests: Mapping[str, bool]) -> None:
        """Show the page's items; ``digests`` says of each whether the file was re-read and agrees."""
        self._title.setText(self._teller.say(Told(N_("Evidence"))))
        items = sorted(page.evidence, key=lambda item: item.begins_at)
        while len(self._lines) < len(items):
            line = EvidenceLine(self)
            line.picked.connect(self.picked)
            self._column.insertWidget(1 + len(self._lines), line)
            self._lines.append(line)
        for at, line in enumerate(self._lines):
            line.setVisible(at < len(items))
            if at < len(items):
                line.show_item(items[at], digests.get(items[at].evidence_id), self._teller)
        self._summary.setText(self._teller.say(summary_of(items, digests)))


def item_state(item: EvidenceItem, agrees: bool | None) -> tuple[str, Told]:
    """Return shape and sentence of one item that is there."""
    if agrees is False:
        return "overdue", Told(N_("The digest differs; not evidence. The original is kept."))
    if item.is_reported:
        return "fault", Told(N_("Informs but cannot prove: nobody knows the clock of a reported photo."))
    if item.kind in (EvidenceKind.STILL, EvidenceKind.CLIP, EvidenceKind.RECHECK_STILL):
        if item.doubt is Doubt.CLOCK_UNKNOWN:
            return "fault", Told(N_("Informs but cannot prove: the camera's clock is unknown."))
        if item.doubt is Doubt.CLOCK_OFF:
            gap = {"seconds": f"{abs(item.clock_offset_s or 0.0):.1f}"}
            return "fault", Told(N_("Informs but cannot prove: the camera's clock is off by {seconds} s."), gap)
    if agrees is None:
        return "partly", Told(N_("Digest not read again yet"))
    return "ok", Told(N_("Digest agrees"))


def summary_of(items: list[EvidenceItem], digests: Mapping[str, bool]) -> Told:
    """Return one sentence over all items."""
    if not items:
        return Told(N_("No evidence yet."))
    broken = [
        at for at, item in enumerate(items, 1) if item.deleted_at is None and digests.get(item.evidence_id) is False
    ]
    if broken:
        return Told(N_("Item {item} fails its digest; not evidence. The original is kept."), {"item": broken[0]})
    checked = sum(digests.get(item.evidence_id) is True for item in items)
    return Told(N_("Items: {items}, digest agrees in {checked}"), {"items": len(items), "checked": checked})
