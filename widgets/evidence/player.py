"""The evidence page: latest items at the left, the picture with its transport, and whether it can prove anything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QImage, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from console.application.evidence_desk import EvidenceDesk
from console.application.talk import TalkDesk
from console.domain.accounts import Actor, Verb
from console.domain.errors import Refusal
from console.domain.evidence import CustodyLine, EvidenceItem, EvidenceKind
from console.domain.ids import EvidenceId
from console.domain.speaking import TalkSession, TalkStage
from console.words import N_
from widgets.common.keyed_rows import KeyedRows
from widgets.common.lettering import Chip, ElidedLabel, Panel, TellingLine, follow_text_size, label
from widgets.common.page_keys import bind
from widgets.desk import Desk
from widgets.evidence.keys import PLAYER_KEYS
from widgets.evidence.objects import object_words
from widgets.evidence.picture import EvidencePicture, overlay_of
from widgets.evidence.playback import ClipPlayer, Playback
from widgets.evidence.proof_panel import ProofPanel
from widgets.evidence.stills import Stills
from widgets.evidence.transport import Transport
from widgets.state.hearing import sound_chip
from widgets.state.player import PlayerState
from widgets.state.telling import Teller, Told, told_of

CLIP_WIDTH, CLIP_HEIGHT = 1920, 1080
SIDE_PX, LIST_PX, NARROW_SIDE_PX = 328, 300, 288
NARROW_BELOW, SINGLE_BELOW = 1500, 1100
TALKS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Opened:
    """An item that was read: its custody, and whether its file, if there is one, still is what was sealed."""

    item: EvidenceItem
    custody: tuple[CustodyLine, ...]
    is_digest_right: bool | None


class PlayerPage(QWidget):
    """Plays a clip, shows a still, or says that an item is sound only. Looking at an item leaves a line of custody.

    Args:
        is_as_sealed: re-reads an item's file; slow, any thread.

    Signals:
        left: ``Esc``.
    """

    left = Signal()

    def __init__(
        self,
        actor: Actor,
        evidence: EvidenceDesk,
        talk: TalkDesk,
        desk: Desk,
        teller: Teller,
        stills: Stills,
        clips: ClipPlayer,
        is_as_sealed: Callable[[EvidenceItem], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actor, self._evidence, self._talk, self._desk = actor, evidence, talk, desk
        self._teller, self._stills, self._clips, self._is_as_sealed = teller, stills, clips, is_as_sealed
        self._opened: Opened | None = None
        self._playback: Playback | None = None
        self._boxes = self._zones = True
        self._title = ElidedLabel("strong", "t1", strong=True)
        self._chip = Chip(self)
        self._note = ElidedLabel("small", "t2")
        self._picture = EvidencePicture()
        self._transport = Transport(teller)
        self._line = TellingLine()
        self._proof = ProofPanel(teller)
        self._talks_title = label("body", "t1", strong=True)
        self._talks_note = label("small", "t2", wrap=True)
        self._talks = KeyedRows[TalkSession](lambda talk: talk.talk_id, self._talk_words, self)
        self._talk_list = QListView()
        self._lay_out()
        bind(self, PLAYER_KEYS, self.press)
        self._transport.key_chosen.connect(self.press)
        self._transport.sought.connect(self._seek)
        self._talk_list.clicked.connect(self._talk_picked)
        stills.ready.connect(self._still_came)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._show()

    def _lay_out(self) -> None:
        self._talk_list.setModel(self._talks)
        self._talk_list.setWordWrap(True)
        self._talk_list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._talk_list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._talk_list.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._left = Panel()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(16, 12, 8, 8)
        left.addWidget(self._talks_title)
        left.addWidget(self._talks_note)
        left.addWidget(self._talk_list, 1)
        head = Panel()
        bar = QHBoxLayout(head)
        bar.setContentsMargins(16, 6, 16, 6)
        bar.setSpacing(12)
        bar.addWidget(self._title)
        bar.addWidget(self._chip)
        bar.addStretch(1)
        bar.addWidget(self._note)
        middle = QVBoxLayout()
        middle.setSpacing(8)
        middle.addWidget(head)
        middle.addWidget(self._picture, 1)
        middle.addWidget(self._transport)
        middle.addWidget(self._line)
        self._right = Panel.around(self._proof)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._left)
        row.addLayout(middle, 1)
        row.addWidget(self._right)

    # ---- what the window may say -----------------------------------------------------------------------------

    def open_item(self, evidence_id: str) -> None:
        """Show an item; who looked is noted before it is shown."""
        wanted = EvidenceId(evidence_id)

        def read() -> Opened:
            item = self._evidence.view(self._actor, wanted)
            custody = tuple(self._evidence.custody(self._actor, wanted))
            # The file of a deleted item can neither agree nor differ.
            is_right = None if item.deleted_at is not None else self._is_as_sealed(item)
            return Opened(item, custody, is_right)

        self._desk.ask(read, self._came, self._refused)

    def refresh(self) -> None:
        """Read the talk log, for a role that may."""
        if not self._actor.may(Verb.SEE_EVIDENCE):
            return
        self._desk.fetch(lambda: self._talk.log(self._actor, TALKS_SHOWN), self._log_came, self._refused)

    def retranslate(self) -> None:
        follow_text_size(self)
        self._show()

    def press(self, key: str) -> None:
        """Do what a key of ``PLAYER_KEYS`` says."""
        match key:
            case "Esc":
                self.left.emit()
            case "D":
                self._boxes = not self._boxes
                self._picture.toggle(boxes=self._boxes, zones=self._zones)
            case "Z":
                self._zones = not self._zones
                self._picture.toggle(boxes=self._boxes, zones=self._zones)
            case "Up" | "Down":
                self._move(-1 if key == "Up" else 1)
            case _ if self._playback is not None:
                self._playback.control(key)

    # ---- answers ---------------------------------------------------------------------------------------------

    def _came(self, opened: Opened) -> None:
        self._close_clip()
        self._opened = opened
        self._line.tell("", is_refusal=False)
        self._picture.show_still(QImage())
        if opened.item.kind is EvidenceKind.CLIP and opened.item.deleted_at is None:
            self._playback = self._clips.open(opened.item.evidence_id, CLIP_WIDTH, CLIP_HEIGHT)
            self._playback.changed.connect(self._moved)
            self._picture.follow(self._playback)
        self._show()
        self.setFocus()

    def _log_came(self, talks: Sequence[TalkSession]) -> None:
        self._talks.show(tuple(talks))
        self._show()

    def _refused(self, error: Refusal) -> None:
        self._line.tell(self._teller.say(told_of(error)), is_refusal=True)

    def _moved(self, state: PlayerState) -> None:
        self._transport.show_state(state)
        heard = sound_chip(state.sound).words if state.sound is not None else None
        self._picture.show_caption(self._teller.say(heard) if heard is not None else "")
        if state.failed is not None:
            self._picture.show_words(self._teller.say(state.failed))

    def _seek(self, position_s: float) -> None:
        if self._playback is not None:
            self._playback.seek(position_s)

    def _talk_picked(self, index: QModelIndex) -> None:
        talk = self._talks.row_at(index)
        if talk is not None and talk.recording:
            self.open_item(talk.recording)

    def _move(self, by: int) -> None:
        model = self._talk_list.model()
        if model.rowCount() == 0:
            return
        here = self._talk_list.currentIndex()
        at = max(0, min(model.rowCount() - 1, (here.row() if here.isValid() else -1) + by))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self._talk_list.selectionModel().setCurrentIndex(model.index(at, 0), flags)
        self._talk_picked(self._talks.index(at, 0))

    def _still_came(self, path: str) -> None:
        if self._opened is not None and self._opened.item.path == path:
            self._show()

    def _close_clip(self) -> None:
        if self._playback is not None:
            self._picture.follow(None)
            self._playback.close()
            self._playback.deleteLater()
            self._playback = None

    # ---- showing ---------------------------------------------------------------------------------------------

    def _show(self) -> None:
        say = self._teller.say
        self._talks_title.setText(say(Told(N_("Talk log"))))
        self._talks_note.setText(say(Told(N_("Nothing was spoken yet."))) if self._talks.rowCount() == 0 else "")
        self._talks_note.setVisible(self._talks.rowCount() == 0)
        self._talks.refresh()
        self._note.setText(say(Told(N_("Boxes are drawn over the picture; the original has none."))))
        self._transport.show_state(self._playback.state if self._playback is not None else PlayerState())
        opened = self._opened
        self._transport.setVisible(opened is not None and opened.item.kind is EvidenceKind.CLIP)
        self._right.setVisible(opened is not None and self.width() >= SINGLE_BELOW)
        if opened is None:
            self._title.setText(say(Told(N_("Evidence"))))
            self._chip.setText("")
            self._picture.show_words(
                say(Told(N_("No item is open. Open one from a case (F4), or a recording of the talk log.")))
            )
            return
        item = opened.item
        self._title.setText(f"{self._teller.day(item.begins_at)} {self._teller.clock(item.begins_at)}")
        self._chip.setText(say(Told(REPORTED_WORDS if item.is_reported else KIND_WORDS[item.kind])))
        self._picture.show_words(say(_no_picture(item)))
        if item.deleted_at is not None:
            day = {"day": self._teller.day(item.deleted_at)}
            self._picture.show_words(say(Told(N_("Deleted on {day} by retention; what is known of it stays."), day)))
        elif item.kind in (EvidenceKind.STILL, EvidenceKind.RECHECK_STILL, EvidenceKind.PHOTO):
            self._picture.show_still(self._stills.picture(item.path, QSize(CLIP_WIDTH, CLIP_HEIGHT)))
        rule = item.rule
        words = object_words(self._teller, rule)
        self._picture.show_overlay(overlay_of(rule, words, rule.zone_name if rule is not None else ""))
        self._proof.show_item(item, opened.custody, is_digest_right=opened.is_digest_right)

    def _talk_words(self, talk: TalkSession) -> str:
        say = self._teller.say
        what = talk.text or say(Told(N_("live")))
        values = {
            "time": talk.ordered_at,
            "who": talk.display_name,
            "what": what,
            "seconds": f"{talk.duration_s:.0f}",
        }
        if talk.stage is TalkStage.FAILED:
            return say(Told(N_("{time} {who}: “{what}” • not spoken"), values))
        return say(Told(N_("{time} {who}: “{what}” • {seconds} s"), values))

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def showEvent(self, event: object) -> None:
        self.refresh()
        if self._opened is not None and self._playback is None and self._opened.item.kind is EvidenceKind.CLIP:
            self._came(self._opened)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._close_clip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.width()
        self._left.setVisible(width >= SINGLE_BELOW)
        self._left.setFixedWidth(LIST_PX if width >= NARROW_BELOW else 240)
        self._right.setVisible(width >= SINGLE_BELOW and self._opened is not None)
        self._right.setFixedWidth(SIDE_PX if width >= NARROW_BELOW else NARROW_SIDE_PX)


KIND_WORDS = {
    EvidenceKind.CLIP: N_("Clip"),
    EvidenceKind.STILL: N_("Alarm still"),
    EvidenceKind.SPEECH: N_("Speech"),
    EvidenceKind.PHOTO: N_("Photo of the unit"),
    EvidenceKind.RECHECK_STILL: N_("Re-check still"),
}
REPORTED_WORDS = N_("Photo of whoever reported it")


def _no_picture(item: EvidenceItem) -> Told:
    if item.kind is EvidenceKind.SPEECH:
        return Told(
            N_("Sound only, {seconds} s. It is handed out with its case."), {"seconds": f"{item.duration_s:.0f}"}
        )
    if item.kind is EvidenceKind.CLIP:
        return Told(N_("Opening the clip…"))
    return Told(N_("The picture cannot be read."))
