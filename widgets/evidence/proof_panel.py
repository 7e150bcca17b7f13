"""Can it be evidence: one word first, then the tests; below, who touched it."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.domain.evidence import CustodyLine, EvidenceItem
from console.words import N_
from widgets.common.facts import Facts
from widgets.common.lettering import ElidedLabel, StateShape, label, rule_line
from widgets.state.player import ANSWER_WORDS, can_be_evidence
from widgets.state.telling import Teller, Told

ACT_WORDS = {
    "sealed": N_("Sealed"),
    "viewed": N_("Looked at"),
    "exported": N_("Handed out"),
    "received": N_("Received"),
    "locked": N_("Locked"),
    "unlocked": N_("Released"),
    "deleted": N_("Deleted by retention"),
}
_ANSWER_SHAPES = {"yes": "ok", "no": "fault", "partly": "partly"}
CUSTODY_SHOWN = 12


class ProofPanel(QWidget):
    """Reads an item's facts aloud; nothing here is editable."""

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._title = label("body", "t1", strong=True)
        self._shape = StateShape("low", 24, self)
        self._answer = label("title", "t1", strong=True)
        self._tests = [_TestLine(self) for _ in range(2)]
        self._facts_title = label("body", "t1", strong=True)
        self._facts = Facts()
        self._custody_title = label("body", "t1", strong=True)
        self._custody = Facts(is_plain=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._shape)
        head.addWidget(self._answer, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addLayout(head)
        for test in self._tests:
            column.addWidget(test)
        for part in (rule_line(), self._facts_title, self._facts, rule_line(), self._custody_title, self._custody):
            column.addWidget(part)
        column.addStretch(1)

    @property
    def answer(self) -> str:
        return self._answer.text()

    def show_item(self, item: EvidenceItem, custody: Sequence[CustodyLine], *, is_digest_right: bool | None) -> None:
        say = self._teller.say
        answer, tests = can_be_evidence(item, is_digest_right=is_digest_right)
        self._title.setText(say(Told(N_("Can it be evidence"))))
        self._answer.setText(say(Told(ANSWER_WORDS[answer])))
        self._shape.show_shape(_ANSWER_SHAPES[answer], self._answer.text())
        for line, test in zip(self._tests, tests, strict=True):
            line.show_test(test.is_passed, say(test.question), say(test.detail))
        self._facts_title.setText(say(Told(N_("Item"))))
        self._facts.show_rows(
            [
                (say(Told(N_("Begins"))), f"{self._teller.day(item.begins_at)} {self._teller.clock(item.begins_at)}"),
                (say(Told(N_("Length"))), f"{item.duration_s:.1f} s" if item.duration_s else "—"),
                (say(Told(N_("Size"))), f"{item.size_bytes / 1e6:.2f} MB"),
                (say(Told(N_("Picture"))), f"{item.width} × {item.height}" if item.width else "—"),
                (say(Told(N_("Sound"))), SOUND_WORDS.get(item.sound, item.sound) or "—"),
                ("SHA-256", f"{item.sha256[:16]}…{item.sha256[-8:]}"),
            ]
        )
        self._custody_title.setText(say(Told(N_("Who touched it"))))
        self._custody.show_rows(
            [
                (
                    say(Told(N_("{who}: {act}"), {"who": line.who, "act": Told(ACT_WORDS.get(line.act, line.act))})),
                    self._teller.clock(line.at),
                )
                for line in list(custody)[::-1][:CUSTODY_SHOWN]
            ]
        )


SOUND_WORDS = {"aac": "AAC", "flac": "FLAC", "mp3": "MP3", "opus": "Opus", "ac3": "AC-3"}


class _TestLine(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = StateShape("ok", 16, self)
        self._question = label("body", "t1")
        self._detail = ElidedLabel("caption", "t2")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._shape)
        row.addWidget(self._question)
        row.addStretch(1)
        row.addWidget(self._detail)

    def show_test(self, is_passed: bool, question: str, detail: str) -> None:
        self._shape.show_shape("ok" if is_passed else "fault", question)
        self._question.setText(question)
        self._detail.setText(detail)
