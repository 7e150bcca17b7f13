"""What stands beside the picture: how it will be filed, why it was raised, and what is known of the place."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.application.read_models import MissingEvidence
from console.domain.deadlines import Clock
from console.domain.evidence import LARGEST_CLOCK_OFFSET_S, EvidenceItem, EvidenceKind
from console.domain.routing import RoutingRow
from console.words import N_
from widgets.alarms.source_words import reports_of
from widgets.common.facts import Facts
from widgets.common.key_button import KeyButton
from widgets.common.lettering import StateShape, label, rule_line
from widgets.evidence.reasons import reasons_of
from widgets.state.review import FilingMode, ReviewState, Sheet, unit_named
from widgets.state.telling import Named, Teller, Told

_UNKNOWN = "—"

_MISSING_CLIP = N_("The clip is missing: {why}")
_MISSING = {
    ("still", "alarm"): N_("The still of the alarm is missing: {why}"),
    ("still", "before"): N_("The still before the alarm is missing: {why}"),
}


class ContextColumn(QWidget):
    """Reads the sheet of the open alarm aloud, nothing more. Every figure in it was stored, none is guessed."""

    key_chosen = Signal(str)

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._heads = {name: label("body", "t1", strong=True) for name in ("filed", "why", "place", "dissuade", "near")}
        self._filing = Facts()
        self._why = Facts()
        self._place = Facts(is_plain=True)
        self._near = Facts(is_plain=True)
        self._because = label("caption", "t3", wrap=True)
        self._route = KeyButton("R", self, height=36)
        self._speak = KeyButton("T", self, height=36)
        self._sentence = label("body", "t1", wrap=True)
        self._speaker = label("caption", "t2", wrap=True)
        self._grade = StateShape("ok", 16, self)
        self._grade_words = label("body", "t1", wrap=True)
        for button in (self._route, self._speak):
            button.clicked.connect(self._clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        grade = QHBoxLayout()
        grade.setSpacing(6)
        grade.addWidget(self._grade)
        grade.addWidget(self._grade_words, 1)
        self._add(column, "filed", self._filing, self._because, self._route, is_first=True)
        self._add(column, "why", self._why)
        column.addLayout(grade)
        self._add(column, "place", self._place)
        self._add(column, "dissuade", self._sentence, self._speaker, self._speak)
        self._add(column, "near", self._near)
        column.addStretch(1)

    def _add(self, column: QVBoxLayout, head: str, *parts: QWidget, is_first: bool = False) -> None:
        if not is_first:
            column.addWidget(rule_line())
        column.addWidget(self._heads[head])
        for part in parts:
            column.addWidget(part)

    def show_state(self, state: ReviewState) -> None:
        sheet = state.sheet
        self.setVisible(sheet is not None)
        if sheet is None:
            return
        self._say_heads()
        self._show_filing(state, sheet)
        self._show_why(sheet)
        self._show_place(sheet)
        self._show_dissuasion(sheet)
        say = self._teller.say
        near = [
            (f"{n.camera.number} {n.camera.name}", say(Told(N_("{metres} m"), {"metres": f"{n.metres:.0f}"})))
            for n in sheet.near
        ]
        self._near.show_rows(near)
        self._heads["near"].setVisible(bool(near))

    def _say_heads(self) -> None:
        words = {
            "filed": N_("Will be filed as"),
            "why": N_("Why it was raised"),
            "place": N_("Same place"),
            "dissuade": N_("Dissuade first"),
            "near": N_("Nearby cameras"),
        }
        for name, sentence in words.items():
            self._heads[name].setText(self._teller.say(Told(sentence)))
        self._route.say(self._teller.say(Told(N_("Change route"))))
        self._speak.say(self._teller.say(Told(N_("Speak to the street"))))

    def _show_filing(self, state: ReviewState, sheet: Sheet) -> None:
        say = self._teller.say
        category, card = sheet.category, sheet.card
        at = state.mode.condition if isinstance(state.mode, FilingMode) else 0
        condition = category.filing[at] if at < len(category.filing) else None
        changed = state.mode if isinstance(state.mode, FilingMode) and state.mode.unit_id is not None else None
        unit: Named | Told
        if changed is not None:
            unit = unit_named(state, changed.unit_id)
        elif sheet.unit is not None:
            unit = Named(sheet.unit.zh, sheet.unit.en)
        else:
            unit = Told(N_("no unit answers here; choose one (R)"))
        grid = " • ".join(part for part in (card.street, card.community, card.grid_cell[-3:]) if part)
        self._filing.show_rows(
            [
                (say(Told(N_("Matter"))), f"{category.code} {say(Named(category.zh, category.en))}"),
                (say(Told(N_("Condition"))), say(Named(condition.zh, condition.en)) if condition else _UNKNOWN),
                (say(Told(N_("Grid"))), grid or _UNKNOWN),
                (say(Told(N_("Route to"))), say(unit)),
                (say(Told(N_("Limit"))), self._limit(state, sheet)),
            ],
            strong=3,
        )
        if changed is not None:
            why = Told(N_("changed by you: {reason}"), {"reason": Told(changed.reason)})
        else:
            why = _because(sheet.because)
        self._because.setText(say(why))

    def _limit(self, state: ReviewState, sheet: Sheet) -> str:
        limit = sheet.category.limit
        span = self._teller.span(limit.amount)
        if limit.clock is Clock.WORKING:
            return self._teller.say(Told(N_("{span} of working time"), {"span": span}))
        due = state.now + limit.amount
        when = Told(N_("{span} • by {time}"), {"span": span, "time": self._teller.minute(due)})
        if not self._teller.is_today(due, state.now):
            when = Told(
                N_("{span} • by {day} {time}"),
                {"span": span, "day": self._teller.day(due), "time": self._teller.minute(due)},
            )
        return self._teller.say(when)

    def _show_why(self, sheet: Sheet) -> None:
        say = self._teller.say
        rule = sheet.card.rule
        if rule is None:
            self._why.show_rows(reports_of(sheet.card, self._teller))
        else:
            self._why.show_rows(
                [
                    *((say(head), say(told)) for head, told in reasons_of(rule)),
                    (
                        say(Told(N_("Score"))),
                        say(
                            Told(
                                N_("{score}, mean {mean}"),
                                {"score": f"{rule.score:.2f}", "mean": f"{rule.mean_score:.2f}"},
                            )
                        ),
                    ),
                    (say(Told(N_("Model"))), f"{rule.model_name} {rule.model_sha256[:8]} • {rule.device}"),
                ]
            )
        shape, told = grade_of(sheet.card.evidence)
        self._grade.show_shape(shape, say(told))
        self._grade_words.setText("\n".join(say(line) for line in (told, *missing_of(sheet.card.missing))))

    def _show_place(self, sheet: Sheet) -> None:
        card = sheet.card
        counts = Told(
            N_("{alarms} alarms in 30 days, {confirmed} confirmed"),
            {"alarms": card.alarms_here_30_days, "confirmed": card.confirmed_here_30_days},
        )
        rows = [(self._teller.say(counts), "")]
        open_word = self._teller.say(Told(N_("open")))
        rows += [
            (self._teller.say(Told(N_("Case {number}"), {"number": number})), open_word)
            for number in card.open_cases_here[:3]
        ]
        self._place.show_rows(rows)

    def _show_dissuasion(self, sheet: Sheet) -> None:
        say = self._teller.say
        has_speaker = bool(sheet.speakers)
        sentence = say(sheet.sentences[0]) if sheet.sentences and has_speaker else ""
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        if has_speaker:
            names = ", ".join(speaker.name for speaker in sheet.speakers)
            self._speaker.setText(say(Told(N_("Speaker {names} beside this camera"), {"names": names})))
        else:
            self._speaker.setText(say(Told(N_("There is no speaker beside this camera."))))
        self._speak.setEnabled(has_speaker)

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.key_chosen.emit(button.key)


def grade_of(evidence: tuple[EvidenceItem, ...]) -> tuple[str, Told]:
    """Return shape and sentence: can what was kept of it be evidence, and if not, why not."""
    items = [item for item in evidence if item.kind in (EvidenceKind.STILL, EvidenceKind.CLIP)]
    if not items:
        return "fault", Told(N_("No picture was kept; nothing to show as evidence."))
    if all(item.is_reported for item in items):
        return "fault", Told(N_("Informs but cannot prove: nobody knows the clock of a reported photo."))
    items = [item for item in items if not item.is_reported]
    unknown = [item for item in items if item.clock_offset_s is None]
    if unknown:
        return "fault", Told(N_("Cannot be evidence: the camera's clock is unknown."))
    gap = max(abs(item.clock_offset_s or 0.0) for item in items)
    if gap > LARGEST_CLOCK_OFFSET_S:
        return "fault", Told(
            N_("Cannot be evidence: the camera's clock is off by {seconds} s."), {"seconds": f"{gap:.1f}"}
        )
    return "ok", Told(N_("Clock {seconds} s off, evidence grade"), {"seconds": f"{gap:.2f}"})


def missing_of(missing: tuple[MissingEvidence, ...]) -> list[Told]:
    """Return a sentence for each clip and still that could not be kept: which, and why."""
    return [
        Told(
            _MISSING.get((one.kind, one.remark), _MISSING_CLIP),
            {"why": Told(one.sentence, dict(one.values))},
        )
        for one in missing
    ]


def _because(row: RoutingRow | None) -> Told:
    """Say in one line why this unit is proposed."""
    if row is None:
        return Told(N_("No line of the routing table matches."))
    values: dict[str, object] = {"row": row.row, "matter": row.category_prefix, "grid": row.grid_prefix}
    if row.begins is not None and row.ends is not None:
        values["hours"] = f"{row.begins:%H:%M}–{row.ends:%H:%M}"
    match (bool(row.category_prefix), bool(row.grid_prefix), row.begins is not None):
        case (True, True, True):
            return Told(N_("Routing line {row}: matters {matter}…, cells {grid}…, {hours}"), values)
        case (True, True, False):
            return Told(N_("Routing line {row}: matters {matter}…, cells {grid}…"), values)
        case (True, False, True):
            return Told(N_("Routing line {row}: matters {matter}…, {hours}"), values)
        case (True, False, False):
            return Told(N_("Routing line {row}: matters {matter}…"), values)
        case (False, True, True):
            return Told(N_("Routing line {row}: cells {grid}…, {hours}"), values)
        case (False, True, False):
            return Told(N_("Routing line {row}: cells {grid}…"), values)
        case (False, False, True):
            return Told(N_("Routing line {row}: every matter, {hours}"), values)
        case _:
            return Told(N_("Routing line {row}: every matter and place"), values)
