"""The last minutes beside the live wall: live at the left, the past at the right, one transport for all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from console.application.ports import Clock
from console.application.recordings_desk import LOOK_BACK
from console.domain.cameras import Camera
from console.words import N_
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import Panel
from widgets.common.page_keys import PageKey
from widgets.recordings.keys import TRANSPORT
from widgets.recordings.replay_transport import ReplayTransport
from widgets.recordings.replay_view import ReplayView
from widgets.recordings.replaying import Replaying, ReplayWish
from widgets.state.replay import order_for
from widgets.state.telling import Teller, Told
from widgets.wall.render_clock import RenderClock

GAP_PX = 4
# How far back it begins, and goes with each further J: what one just missed. Judgement.
FIRST_BACK = timedelta(seconds=30)
# Nobody may look further back without a reason; a little less, because the desk asks a moment later.
FURTHEST_BACK = LOOK_BACK - timedelta(seconds=10)
NEWEST = timedelta(seconds=2)  # nearer to now than this the live picture shows it
DECK_KEYS = (
    *TRANSPORT,
    PageKey("J", ("J",), N_("30 s further back")),
    PageKey("H", ("H",), N_("playback of this camera")),
    PageKey("Esc", ("Esc",), N_("end the replay")),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A camera of the wall and where its tile stands, in fractions of the wall."""

    camera: Camera
    left: float
    top: float
    width: float
    height: float


class ReplayDeck(QWidget):
    """Lives in the GUI thread. It opens nothing itself: ``asked`` says what is wanted, ``show_replay`` is the answer.

    Signals:
        asked: wishes (a tuple of ``ReplayWish``) and the moment to begin at.
        history_asked: the id of the first camera. ended: the replay is over; the live wall takes all its room again.
    """

    asked = Signal(tuple, object)
    history_asked = Signal(str)
    ended = Signal()

    def __init__(self, teller: Teller, clock: Clock, render_clock: RenderClock, parent: QWidget) -> None:
        super().__init__(parent)
        self._teller, self._clock, self._render_clock = teller, clock, render_clock
        self._seen: tuple[Seen, ...] = ()
        self._views: list[ReplayView] = []
        self._replaying: Replaying | None = None
        self.transport = ReplayTransport(teller, self, has_events=False)
        self.transport.key_chosen.connect(self.press)
        self._foot = Panel(self)
        self._hints = KeyHints(self._foot)
        self.hide()

    @property
    def is_open(self) -> bool:
        return not self.isHidden()

    @property
    def is_single(self) -> bool:
        """Whether one camera alone is replayed: its live picture is then as large as its past."""
        return self.is_open and len(self._seen) == 1

    @property
    def views(self) -> tuple[ReplayView, ...]:
        return tuple(self._views)

    def begin(self, seen: Sequence[Seen]) -> None:
        """Make room for the past of these cameras; ``ask`` then asks for it, once the deck has its place."""
        self._seen = tuple(seen)
        while len(self._views) > len(seen):
            view = self._views.pop()
            view.hide()
            view.deleteLater()
        while len(self._views) < len(seen):
            self._views.append(ReplayView(self._teller, self._clock, self._render_clock, self))
        for view in self._views:
            view.show_nothing(Told(N_("Opening the recording…")))
            view.show()
        self.retranslate()
        self.show()
        self.raise_()

    def ask(self) -> None:
        """Ask for the last minutes of the cameras shown."""
        now = self._clock.now()
        wishes = []
        for seen, view in zip(self._seen, self._views, strict=True):
            size = view.picture_size_px()
            wishes.append(
                ReplayWish(
                    camera_id=seen.camera.camera_id,
                    from_at=now - FURTHEST_BACK,
                    to_at=now + LOOK_BACK,
                    max_width=size.width(),
                    max_height=size.height(),
                )
            )
        self.asked.emit(tuple(wishes), now - FIRST_BACK)

    def show_replay(self, replaying: Replaying) -> None:
        """Show what was opened, all of it playing in step."""
        self._close()
        if not self.is_open:
            replaying.close()
            return
        self._replaying = replaying
        replaying.changed.connect(self._moved)
        for seen, view in zip(self._seen, self._views, strict=True):
            camera = seen.camera
            view.follow(replaying, camera.camera_id, f"{camera.number} {camera.name}")
        replaying.play()

    def press(self, key: str) -> None:
        """Do what a key of ``DECK_KEYS`` says."""
        replaying = self._replaying
        if key == "Esc":
            self.end()
        elif key == "H":
            camera_id = self._seen[0].camera.camera_id
            self.end()
            self.history_asked.emit(camera_id)
        elif key == "J" and replaying is not None and replaying.state.failed is not None:
            self.begin(self._seen)
            self.ask()  # what failed a moment ago, as while the station was away, may be there now
        elif replaying is None or not replaying.state.is_open:
            return
        elif key == "J":
            replaying.play(max(replaying.state.at - FIRST_BACK, self._clock.now() - FURTHEST_BACK))
        else:
            order = order_for(replaying.state, key, is_group=len(self._seen) > 1)
            if order is not None and order.action == "seek" and order.at is not None:
                now = self._clock.now()
                replaying.seek(min(max(order.at, now - FURTHEST_BACK), now - NEWEST))
            else:
                replaying.press(key)

    def end(self) -> None:
        """Let the past go and give its room back."""
        if self.is_open:
            self.hide()
            self.ended.emit()

    def retranslate(self) -> None:
        say = self._teller.say
        self.transport.retranslate()
        for view in self._views:
            view.retranslate()
        self._hints.show_hints(
            (
                (("J",), say(Told(N_("30 s further back")))),
                (("H",), say(Told(N_("playback")))),
                (("Esc",), say(Told(N_("end the replay")))),
            )
        )
        self.setAccessibleName(say(Told(N_("Replay of the last minutes"))))
        self._place()

    def _moved(self) -> None:
        if self._replaying is not None and self.sender() is self._replaying:
            state = self._replaying.state
            self.transport.show_state(state, state.at)

    def _close(self) -> None:
        if self._replaying is not None:
            self._replaying.changed.disconnect(self._moved)
            self._replaying.close()
            self._replaying = None
        self.transport.show_state(None, None)

    def _place(self) -> None:
        bar = self.transport.sizeHint().height()
        foot = self._hints.heightForWidth(max(1, self.width() - 24)) + 12
        room = QRect(0, 0, self.width(), self.height() - bar - foot - GAP_PX)
        for seen, view in zip(self._seen, self._views, strict=True):
            view.setGeometry(
                room.left() + round(seen.left * room.width()),
                room.top() + round(seen.top * room.height()),
                max(1, round(seen.width * room.width())),
                max(1, round(seen.height * room.height())),
            )
        self.transport.setGeometry(0, self.height() - bar - foot, self.width(), bar)
        self._foot.setGeometry(0, self.height() - foot, self.width(), foot)
        self._hints.setGeometry(12, 6, self.width() - 24, foot - 12)

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._close()
        for view in self._views:
            view.show_nothing("")


def halves(grid: QRect) -> tuple[QRect, QRect]:
    """Return the room of the live pictures and that of the past."""
    width = (grid.width() - 3 * GAP_PX) // 2
    return (
        QRect(grid.left(), grid.top(), width, grid.height()),
        QRect(grid.right() - width + 1, grid.top(), width, grid.height()),
    )
