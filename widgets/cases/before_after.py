"""Before and after side by side: same crop, same zone, same scale; ``X`` swaps them where they stand."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.application.read_models import CasePage
from console.domain.evidence import EvidenceItem, RuleFacts
from console.words import N_
from widgets.common.lettering import ElidedLabel, StateShape, label
from widgets.evidence.picture import WHOLE, EvidencePicture, Overlay, crop_around, overlay_of
from widgets.evidence.playback import Playback
from widgets.evidence.reasons import found_by
from widgets.evidence.stills import Stills
from widgets.state.case import after_still, before_still
from widgets.state.telling import Teller, Told

FULL = QSize(1280, 720)


class PictureColumn(QWidget):
    """One of the two pictures: its title and moment above, what stands in the zone below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label("strong", "t1", strong=True)
        self.moment = label("small", "t2")
        self.picture = EvidencePicture()
        self.shape = StateShape("low", 16, self)
        self.found = ElidedLabel("body", "t1", strong=True)
        self.detail = label("small", "t2")
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.moment)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 2, 12, 2)
        foot.setSpacing(8)
        foot.addWidget(self.shape)
        foot.addWidget(self.found, 1)
        foot.addWidget(self.detail)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.picture, 1)
        column.addLayout(foot)


class BeforeAfter(QWidget):
    """Two pictures of one place. The clip, while it plays, stands where "before" stands."""

    def __init__(self, teller: Teller, stills: Stills, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._stills = stills
        self._is_enlarged = True
        self._columns = (PictureColumn(self), PictureColumn(self))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for column in self._columns:
            row.addWidget(column, 1)

    @property
    def titles(self) -> tuple[str, str]:
        """What stands left and right now."""
        return (self._columns[0].title.text(), self._columns[1].title.text())

    def set_compact(self, *, is_compact: bool) -> None:
        """Leave out what stands under the pictures; the strip above says it too."""
        for column in self._columns:
            for part in (column.shape, column.found, column.detail):
                part.setVisible(not is_compact)

    def toggle_zoom(self) -> None:
        """Show the part around the zone, or the whole pictures; both alike."""
        self._is_enlarged = not self._is_enlarged

    def follow(self, playback: Playback | None, *, is_swapped: bool) -> None:
        """Play the case's clip in the place of "before"."""
        before, after = self._columns[::-1] if is_swapped else self._columns
        after.picture.follow(None)
        before.picture.follow(playback)

    def show_page(self, page: CasePage, *, is_swapped: bool) -> None:
        before, after = self._columns[::-1] if is_swapped else self._columns
        crop = crop_around(page.rule) if self._is_enlarged else WHOLE
        for column in self._columns:
            column.picture.show_crop(crop)
        items = {item.evidence_id: item for item in page.evidence}
        first, second = before_still(page), after_still(page)
        self._show(
            before, Told(N_("Before")), items.get(first) if first else None, self._overlay(page.rule, boxed=True)
        )
        seen = items.get(second) if second else None
        marked = self._overlay(seen.rule, boxed=True) if seen is not None and seen.rule is not None else None
        self._show(after, Told(N_("After")), seen, marked or self._overlay(page.rule, boxed=False))
        self._say_found(page, before, after)

    def _overlay(self, rule: RuleFacts | None, *, boxed: bool) -> Overlay | None:
        if rule is None:
            return None
        whole = overlay_of(rule, f"{rule.score:.2f}" if boxed else "", rule.zone_name)
        if whole is None or boxed:
            return whole
        return Overlay(polygon=whole.polygon, zone_label=whole.zone_label)

    def _show(self, column: PictureColumn, title: Told, item: EvidenceItem | None, overlay: Overlay | None) -> None:
        say = self._teller.say
        column.title.setText(say(title))
        if item is None:
            column.moment.setText("")
            column.picture.show_still(QImage())
            column.picture.show_words(say(Told(N_("No picture yet. It stands here when the camera has looked again."))))
            column.picture.show_overlay(None)
            return
        column.moment.setText(self._teller.clock(item.captured_at or item.begins_at))
        if not column.picture.is_live_clip:
            column.picture.show_still(self._stills.picture(item.path, FULL))
        column.picture.show_words(say(Told(N_("The picture cannot be read."))))
        column.picture.show_overlay(overlay)

    def _say_found(self, page: CasePage, before: PictureColumn, after: PictureColumn) -> None:
        say = self._teller.say
        rule = page.rule
        before.shape.show_shape("high_acknowledged", "")
        if rule is not None:
            before.found.setText(say(found_by(rule)))
            stayed = Told(N_("for {seconds} s"), {"seconds": f"{rule.dwell_s:.0f}"})
            before.detail.setText(say(stayed) if rule.has_stayed else "")
        look = next((look for look in reversed(page.rechecks) if look.answer is not None), None)
        if look is None:
            after.shape.show_shape("low", "")
            after.found.setText(say(Told(N_("Not looked at yet"))))
            after.detail.setText("")
            return
        shape = {"cleared": "ok", "still_there": "overdue"}.get(str(look.answer), "fault")
        word = {
            "cleared": N_("Zone is empty"),
            "still_there": N_("Still stands in the zone"),
        }.get(str(look.answer), N_("Cannot be told"))
        after.shape.show_shape(shape, say(Told(word)))
        after.found.setText(say(Told(word)))
        after.detail.setText(
            say(Told(N_("{looks} looks, seen in {with_it}"), {"looks": look.looks, "with_it": look.looks_with}))
        )
