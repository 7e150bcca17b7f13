"""Turning cameras from a seat: the wall asks, the desk gives the lease, the station's word goes back to the tile."""

import logging

from PySide6.QtCore import QObject, QTimer, Slot

from console.application.ports import Clock
from console.application.ptz_desk import CameraHeld, PtzDesk, PtzLink, Turning
from console.domain.accounts import Actor
from console.domain.errors import Refusal
from console.domain.ids import CameraId
from console.infrastructure.channel.messages import PtzState
from console.words import N_
from widgets.desk import Desk
from widgets.ptz.bar import PtzBar
from widgets.ptz.mode import PtzMode
from widgets.state.telling import Teller, Told, told_of
from widgets.wall.strip import WallStrip
from widgets.wall.wall_page import WallPage

_log = logging.getLogger(__name__)

# X again so soon after the refusal means "take it over"; later it is a new question (judgement).
ASK_AGAIN_S = 15.0
TAKEN_OVER = N_("Seat {seat}, {name}, took this camera over.")


class SeatTurning(QObject):
    """Lives in the GUI thread, with one person's wall."""

    def __init__(
        self, wall: WallPage, actor: Actor, ptz: PtzDesk, link: PtzLink, desk: Desk, teller: Teller, clock: Clock
    ) -> None:
        super().__init__(wall)
        self._wall, self._actor, self._ptz, self._link = wall, actor, ptz, link
        self._desk, self._teller, self._clock = desk, teller, clock
        self._mode: PtzMode | None = None
        self._states: dict[str, PtzState] = {}
        self._held: tuple[str, float] | None = None
        self._asked = ""
        self._notice: PtzBar | None = None
        self._hushing = QTimer(self)
        self._hushing.setObjectName("ptz-notice-15-s")
        self._hushing.setSingleShot(True)
        self._hushing.setInterval(int(ASK_AGAIN_S * 1000))
        self._hushing.timeout.connect(self._hush)
        wall.turn_asked.connect(self._ask)

    @property
    def mode(self) -> PtzMode | None:
        return self._mode

    def take(self, state: PtzState) -> None:
        """Take in what the station says of a camera."""
        self._states[state.camera_id] = state
        if self._mode is not None and state.camera_id == self._mode.camera_id:
            self._mode.show_told(state)
            if self._mode is None and state.condition in ("held", "turning"):
                self._say(state.camera_id, Told(TAKEN_OVER, {"seat": state.seat_id, "name": state.name}))
            elif self._mode is None and state.sentence:
                self._say(state.camera_id, Told(state.sentence, state.values))

    def note_lost_station(self) -> None:
        self._states.clear()
        self.leave()

    def retranslate(self) -> None:
        if self._mode is not None:
            self._mode.retranslate()
        if self._notice is not None:
            self._notice.retranslate()

    def leave(self) -> None:
        """Let go of whatever is turned: the seat is locked, handed over or closed."""
        self._hush()
        if self._mode is not None:
            self._mode.leave()

    @Slot(str)
    def _ask(self, camera_id: str) -> None:
        self.leave()
        over = self._held is not None and self._held[0] == camera_id
        over = over and self._clock.monotonic_s() - (self._held or ("", 0.0))[1] < ASK_AGAIN_S
        self._held, self._asked = None, camera_id
        take = self._ptz.take_over if over else self._ptz.take
        self._desk.ask(
            lambda: take(self._actor, self._link, CameraId(camera_id)),
            self._begin,
            lambda why: self._refuse(camera_id, why),
        )

    def _begin(self, turning: Turning) -> None:
        camera_id = turning.lease.camera_id
        tile = next(
            (one for one in self._wall.tiles if one.camera is not None and one.camera.camera_id == camera_id), None
        )
        if tile is None or not tile.isVisible() or self._asked != camera_id:
            turning.leave()  # whoever asked has gone on meanwhile
            return
        self._hush()
        self._mode = PtzMode(tile, turning, self._teller, self._wall)
        self._mode.ended.connect(self._end)
        _log.info("turning camera %s", camera_id)
        self._mode.failed.connect(self._fail)
        state = self._states.get(camera_id)
        if state is not None and state.seat_id == self._actor.seat_id and state.condition in ("held", "turning"):
            self._mode.show_told(state)

    def _refuse(self, camera_id: str, why: Refusal) -> None:
        if isinstance(why, CameraHeld) and why.can_take_over:
            self._held = (camera_id, self._clock.monotonic_s())
        self._say(camera_id, told_of(why))

    @Slot(object)
    def _fail(self, why: Refusal) -> None:
        if self._mode is not None:
            camera_id = self._mode.camera_id
            self._mode.leave()
            self._say(camera_id, told_of(why))

    def _say(self, camera_id: str, why: Told) -> None:
        """Say why a camera is not turned from here, in the place of the wall's strip, for a while."""
        self._hush()
        camera = next(
            (one.camera for one in self._wall.tiles if one.camera is not None and one.camera.camera_id == camera_id),
            None,
        )
        if camera is None:
            return
        self._notice = PtzBar(self._teller, camera, self._wall)
        self._notice.show_refusal(why)
        self._notice.setGeometry(0, 0, self._wall.width(), WallStrip.height_px())
        self._notice.show()
        self._notice.raise_()
        self._hushing.start()

    @Slot()
    def _hush(self) -> None:
        self._hushing.stop()
        if self._notice is not None:
            self._notice.hide()
            self._notice.deleteLater()
            self._notice = None

    @Slot()
    def _end(self) -> None:
        if self._mode is not None:
            self._mode.deleteLater()
            self._mode = None
