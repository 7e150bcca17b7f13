"""The figures of one offered rule: each family its own, chosen from what makes sense, with its unit."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import Generic, Self, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from console.application.onboarding_desk import OfferedRule, RuleKind
from console.domain.bays import MOST_BAYS
from console.domain.categories import Category
from console.domain.ids import CameraId, new_id
from console.domain.rules import (
    EVERY_DAY,
    FEWEST_STOREYS,
    WITH_DWELL,
    CameraRule,
    Hours,
    Point,
    RuleFamily,
    RuleFigures,
    Tiling,
    sides_of,
)
from console.words import N_
from widgets.common.lettering import label
from widgets.state.telling import Named, Teller, Told

FIELD_PX = 36
LEAST_SIGNS = 8  # a narrow column cuts a long choice rather than the field
INDENT_PX = 28  # the words of a check box begin there
DWELLS_S = (10.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 1800.0)
PARKED_S = (900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 86400.0)
PLACE_DWELLS_S = (3600.0, 21600.0, 86400.0, 604800.0)
COUNTS = (2, 3, 5, 8, 12, 16, 20, 30, 50, 100, 200)
AREAS = (0.0004, 0.001, 0.0025, 0.01, 0.04)
"""From a bottle bag at the far kerb to a sofa near by, in fractions of the picture."""
SIZED = frozenset({RuleFamily.STATIC_OBJECT, RuleFamily.SIGHTED, RuleFamily.VENDOR})
"""Families whose things have a least size."""
SHARES = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Of a bin's own size, from a bag on its rim to a heap; or of a place, from a shed in its corner to a building."""
STOREYS = tuple(range(FEWEST_STOREYS, 41))
COLUMNS = tuple(range(1, 31))
LOWEST = tuple(range(1, 21))
NO_WARNING = 0
# The closed hours of a yard, the open ones of a street, and those of an office.
NIGHT, EVENING, DAY = (
    Hours(begins=time(22), ends=time(6)),
    Hours(begins=time(18), ends=time(8)),
    Hours(begins=time(6), ends=time(22)),
)
WORKDAYS = Hours(begins=time(8), ends=time(18), days=frozenset(range(5)))
HOURS = (None, NIGHT, EVENING, DAY, WORKDAYS)
T = TypeVar("T")

_SIDES = {
    "": N_("either way"),
    "up": N_("away, up in the picture"),
    "down": N_("nearer, down in the picture"),
    "left": N_("to the left of the picture"),
    "right": N_("to the right of the picture"),
}
ACROSS = ("", "up", "down")  # the sides of a line across the picture
_WAYS: dict[Point, str] = {
    (0.0, 1.0): N_("nearer, down in the picture"),
    (0.0, -1.0): N_("away, up in the picture"),
    (1.0, 0.0): N_("to the right of the picture"),
    (-1.0, 0.0): N_("to the left of the picture"),
}


class FigureChoice(QComboBox, Generic[T]):
    """One figure. GUI thread."""

    def __init__(self, choices: Sequence[T], usual: T, words: Callable[[T], str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setMinimumHeight(FIELD_PX)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(LEAST_SIGNS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._words = words
        self._choices: tuple[T, ...] = ()
        self.offer(choices if usual in choices else (usual, *choices), usual)

    @property
    def value(self) -> T:
        return self._choices[self.currentIndex()]

    def offer(self, choices: Sequence[T], wanted: T) -> None:
        """Offer these; the first of them where the wanted one is not among them."""
        self._choices = tuple(choices)
        self.blockSignals(True)
        self.clear()
        self.addItems([self._words(choice) for choice in self._choices])
        self.setCurrentIndex(self._choices.index(wanted) if wanted in self._choices else 0)
        self.blockSignals(False)

    def retranslate(self) -> None:
        for at, choice in enumerate(self._choices):
            self.setItemText(at, self._words(choice))


AnyFigure = (
    FigureChoice[float]
    | FigureChoice[int]
    | FigureChoice[str]
    | FigureChoice[Point]
    | FigureChoice[Hours | None]
    | FigureChoice[Tiling]
)


class RuleRow(QWidget):
    """A rule that may be chosen, and its figures once it is. GUI thread.

    Signals:
        changed: one of its figures.
    """

    changed = Signal()

    def __init__(
        self,
        rule: OfferedRule,
        number: int,
        teller: Teller,
        parent: QWidget,
        *,
        sides: Sequence[str] = ACROSS,
        hours: Hours | None = None,
        tiling: Tiling | None = None,
    ) -> None:
        super().__init__(parent)
        self.rule = rule
        self._number = number
        self._teller = teller
        self.box = QCheckBox(self)
        self._room = QWidget(self)
        self._form = QFormLayout(self._room)
        self._form.setContentsMargins(INDENT_PX, 0, 0, 4)
        self._heads: list[tuple[QLabel, str]] = []
        self._fields: list[AnyFigure] = []
        kind, figures = rule.kind, rule.kind.figures
        is_row = kind.family is RuleFamily.BAYS
        is_place = kind.family is RuleFamily.PLACE_CHANGE
        self._reference = figures.reference
        self.renewal = QPushButton(self._room)
        spans = PARKED_S if is_row else PLACE_DWELLS_S if is_place else DWELLS_S
        self.dwell = FigureChoice(spans, kind.dwell_s, self._span, self._room)
        self.count = FigureChoice(COUNTS, figures.least_count, self._counted, self._room)
        self.warning = FigureChoice((NO_WARNING,), NO_WARNING, self._counted, self._room)
        self.toward = FigureChoice(sides, figures.toward, self._side, self._room)
        self.way = FigureChoice(tuple(_WAYS), figures.allowed or (0.0, 1.0), self._way, self._room)
        self.area = FigureChoice(AREAS, figures.least_area, self._sized, self._room)
        self.share = FigureChoice(SHARES, figures.least_share, self._shared, self._room)
        self.removal = QCheckBox(self._room)
        self.removal.setChecked(figures.is_removal_told)
        self.storeys = FigureChoice(STOREYS, figures.storeys, str, self._room)
        self.columns = FigureChoice(COLUMNS, figures.columns, str, self._room)
        self.lowest = FigureChoice(LOWEST, figures.lowest_storey, str, self._room)
        self.bays = FigureChoice(tuple(range(1, MOST_BAYS + 1)), figures.bay_count, str, self._room)
        is_crowd = kind.family is RuleFamily.CROWD
        is_thrown = kind.family is RuleFamily.THROWN
        self.hours = FigureChoice[Hours | None](HOURS, hours, self._hours, self._room)
        self.tiling = FigureChoice(tuple(Tiling), tiling or kind.tiling, self._tiled, self._room)
        self._show(self.dwell, N_("Longest stay") if is_row else N_("For at least"), is_used=kind.family in WITH_DWELL)
        self._show(self.bays, N_("Bays in the row"), is_used=is_row)
        self._show(self.count, N_("From"), is_used=is_crowd or kind.family is RuleFamily.BIKES_OUT_OF_PLACE)
        self._show(self.warning, N_("Warning from"), is_used=is_crowd)
        self._show(self.toward, N_("Crossed toward"), is_used=kind.family is RuleFamily.LINE_CROSSING)
        self._show(self.way, N_("Traffic goes"), is_used=kind.family is RuleFamily.WRONG_WAY)
        self._show(self.area, N_("From a size of"), is_used=kind.family in SIZED)
        self._show(self.share, N_("From"), is_used=is_place or kind.family is RuleFamily.BIN_OVERFLOW)
        if kind.family is RuleFamily.STATIC_OBJECT:
            self._form.addRow(self.removal)
        else:
            self.removal.hide()
        self._show(self.storeys, N_("Storeys in the grid"), is_used=is_thrown)
        self._show(self.columns, N_("Windows in a row"), is_used=is_thrown)
        self._show(self.lowest, N_("Lowest row is storey"), is_used=is_thrown)
        if is_place:
            self._form.addRow(self.renewal)
        else:
            self.renewal.hide()
        self._show(self.hours, N_("Looks"), is_used=True)
        self._show(self.tiling, N_("Looks at"), is_used=bool(kind.labels))
        self._offer_warnings(figures.warning_count or NO_WARNING)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.box)
        column.addWidget(self._room)
        self._room.hide()
        self.box.toggled.connect(self._chosen)
        self.count.currentIndexChanged.connect(self._count_changed)
        for field in self._fields:
            field.currentIndexChanged.connect(self._told)
        self.removal.toggled.connect(self._removal_chosen)
        self.renewal.clicked.connect(self._renew)
        self.retranslate()

    @classmethod
    def of_rule(cls, rule: CameraRule, category: Category, teller: Teller, parent: QWidget) -> Self:
        """Return the figures of a rule that a camera has; whoever shows them says of which."""
        kind = RuleKind(
            category=rule.category,
            labels=rule.labels,
            dwell_s=rule.dwell_s,
            priority=rule.priority,
            family=rule.family,
            figures=rule.figures,
        )
        is_line = rule.family is RuleFamily.LINE_CROSSING
        sides = ("", *sides_of(rule.zone.polygon)) if is_line else ACROSS
        row = cls(OfferedRule(category, kind), 1, teller, parent, sides=sides, hours=rule.hours, tiling=rule.tiling)
        row._form.setContentsMargins(0, 0, 0, 0)
        row.box.setChecked(True)
        row.box.hide()
        return row

    def applied_to(self, rule: CameraRule) -> CameraRule:
        """Return a rule of this family with the figures that stand here.

        Raises:
            DomainError: the figures do not make a rule.
        """
        family = rule.family
        figures = replace(
            rule.figures,
            least_count=self.count.value,
            warning_count=self.warning.value or None,
            toward=self.toward.value if family is RuleFamily.LINE_CROSSING else rule.figures.toward,
            allowed=self.way.value if family is RuleFamily.WRONG_WAY else rule.figures.allowed,
            least_area=self.area.value,
            least_share=self.share.value,
            is_removal_told=self.removal.isChecked(),
            storeys=self.storeys.value,
            columns=self.columns.value,
            lowest_storey=self.lowest.value,
            bay_count=self.bays.value,
            reference=self._reference,
        )
        dwell_s = self.dwell.value if family in WITH_DWELL else rule.dwell_s
        return replace(rule, dwell_s=dwell_s, figures=figures, hours=self.hours.value, tiling=self.tiling.value)

    def rule_for(self, camera_id: CameraId) -> CameraRule:
        """Return the rule over the whole picture, or over its middle line.

        Raises:
            DomainError: the figures do not make a rule.
        """
        family = self.rule.kind.family
        is_line = family is RuleFamily.LINE_CROSSING
        name = self._teller.say(Told(N_("line across the picture") if is_line else N_("whole picture")))
        figures = RuleFigures(
            least_count=self.count.value,
            warning_count=self.warning.value or None,
            toward=self.toward.value if is_line else "",
            allowed=self.way.value if family is RuleFamily.WRONG_WAY else None,
            least_area=self.area.value,
            least_share=self.share.value,
            is_removal_told=self.removal.isChecked(),
            storeys=self.storeys.value,
            columns=self.columns.value,
            lowest_storey=self.lowest.value,
            bay_count=self.bays.value,
            reference=self._reference,
        )
        rule = self.rule.kind.rule_for(
            camera_id,
            name,
            dwell_s=self.dwell.value if family in WITH_DWELL else 0.0,
            figures=figures,
            hours=self.hours.value,
        )
        return replace(rule, tiling=self.tiling.value)

    def retranslate(self) -> None:
        category = self.rule.category
        values = {"number": self._number, "matter": Named(category.zh, category.en), "code": category.code}
        self.box.setText(self._teller.say(Told(N_("{number}   {matter} ({code})"), values)))
        self.removal.setText(self._teller.say(Told(N_("Tell what was taken away as well"))))
        is_renewed = self._reference != self.rule.kind.figures.reference
        renewed, renew = N_("The reference is taken once this is kept"), N_("Take the reference now")
        self.renewal.setText(self._teller.say(Told(renewed if is_renewed else renew)))
        for head, sentence in self._heads:
            head.setText(self._teller.say(Told(sentence)))
        for field, (head, _) in zip(self._fields, self._heads, strict=True):
            field.retranslate()
            field.setAccessibleName(head.text())

    def _show(
        self,
        field: AnyFigure,
        sentence: str,
        *,
        is_used: bool,
    ) -> None:
        if not is_used:
            field.hide()
            return
        head = label("small", "t2")
        head.setBuddy(field)
        self._heads.append((head, sentence))
        self._fields.append(field)
        self._form.addRow(head, field)

    def _chosen(self, is_chosen: bool) -> None:
        self._room.setVisible(is_chosen)

    def _told(self, _at: int) -> None:
        self.changed.emit()

    @Slot(bool)
    def _removal_chosen(self, _is_told: bool) -> None:
        self.changed.emit()

    @Slot()
    def _renew(self) -> None:
        self._reference = new_id()
        self.retranslate()
        self.changed.emit()

    def _count_changed(self, _at: int) -> None:
        self._offer_warnings(self.warning.value)

    def _offer_warnings(self, wanted: int) -> None:
        """A warning comes at fewer than the alarm."""
        if self.rule.kind.family is RuleFamily.CROWD:
            fewer = sorted({count for count in (*COUNTS, wanted) if NO_WARNING < count < self.count.value})
            self.warning.offer((NO_WARNING, *fewer), wanted)

    def _span(self, seconds: float) -> str:
        return self._teller.span(timedelta(seconds=seconds))

    def _counted(self, count: int) -> str:
        if count == NO_WARNING:
            return self._teller.say(Told(N_("no warning")))
        is_crowd = self.rule.kind.family is RuleFamily.CROWD
        return self._teller.say(Told(N_("{count} people") if is_crowd else N_("{count} together"), {"count": count}))

    def _sized(self, area: float) -> str:
        return self._teller.say(Told(N_("{share} % of the picture"), {"share": f"{100 * area:g}"}))

    def _shared(self, share: float) -> str:
        is_place = self.rule.kind.family is RuleFamily.PLACE_CHANGE
        words = N_("{share} % of the zone") if is_place else N_("{share} % of the bin's size")
        return self._teller.say(Told(words, {"share": f"{100 * share:g}"}))

    def _side(self, side: str) -> str:
        return self._teller.say(Told(_SIDES[side]))

    def _hours(self, hours: Hours | None) -> str:
        if hours is None:
            return self._teller.say(Told(N_("day and night")))
        values = {"begins": f"{hours.begins:%H:%M}", "ends": f"{hours.ends:%H:%M}"}
        words = N_("{begins} to {ends}") if hours.begins < hours.ends else N_("{begins} to {ends} next day")
        if hours.days != EVERY_DAY:
            words = N_("{begins} to {ends} on workdays")
        return self._teller.say(Told(words, values))

    def _tiled(self, tiling: Tiling) -> str:
        if tiling is Tiling.WHOLE:
            return self._teller.say(Told(N_("the whole picture")))
        columns, rows = tiling.grid
        values = {"columns": columns, "rows": rows, "count": tiling.looks}
        words = N_("{columns} × {rows} parts and the whole: as much work as {count} cameras")
        return self._teller.say(Told(words, values))

    def _way(self, way: Point) -> str:
        return self._teller.say(Told(_WAYS.get(way, N_("as it was drawn"))))
