"""Alarms in every ten minutes of the shift as bars, with the bands an operator can meet."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.common import theme
from widgets.state.shift import EASY, FLOOD, MODERATE
from widgets.state.telling import Teller

TEN_MINUTES = timedelta(minutes=10)
BAR_SHARE = 0.8


class TenMinuteChart(QWidget):
    """Grey bars, yellow where a flood was; dashed lines at 1, 2 and 10. No mouse, no menu, no animation."""

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._plot = pg.PlotWidget(self, background=theme.colour("g2"))
        item = self._plot.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for name in ("left", "bottom"):
            axis = item.getAxis(name)
            axis.setPen(theme.cosmetic_pen("line"))
            axis.setTextPen(theme.colour("t3"))
            axis.setTickFont(theme.font("caption"))
            axis.setStyle(tickLength=0)
        for band in (EASY, MODERATE, FLOOD):
            line = pg.InfiniteLine(pos=band, angle=0, pen=pg.mkPen(theme.colour("line"), style=Qt.PenStyle.DashLine))
            self._plot.addItem(line)
        self._bars = pg.BarGraphItem(x=[], height=[], width=BAR_SHARE, pen=None)
        self._plot.addItem(self._bars)
        item.getAxis("left").setTicks([[(0, "0"), (EASY, str(EASY)), (MODERATE, str(MODERATE)), (FLOOD, str(FLOOD))]])
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 8)
        column.addWidget(self._plot)

    @property
    def heights(self) -> list[int]:
        """The bars shown now."""
        return [int(value) for value in self._bars.opts["height"]]

    def show_counts(self, counts: Sequence[int], begins_at: datetime) -> None:
        """Show one bar a slot of ten minutes from the beginning of the shift."""
        flood, plain = theme.colour("med"), theme.colour("t2")
        self._bars.setOpts(
            x=list(range(len(counts))),
            height=list(counts),
            width=BAR_SHARE,
            brushes=[flood if count >= FLOOD else plain for count in counts],
        )
        every = max(1, round(len(counts) / 9 / 6)) * 6 if len(counts) > 12 else 3
        ticks = [(at - 0.5, self._teller.minute(begins_at + at * TEN_MINUTES)) for at in range(0, len(counts), every)]
        item = self._plot.getPlotItem()
        item.getAxis("bottom").setTicks([ticks])
        item.setXRange(-0.5, max(6, len(counts)) - 0.5, padding=0.01)
        item.setYRange(0, max(FLOOD + 1, max(counts, default=0) + 1), padding=0)
