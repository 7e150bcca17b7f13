"""The wall: tiles in a layout, the rail with the queue's head, and a strip of keys. It decides nothing.

Long because it places and wires all parts of the wall; what is decided stands in ``widgets.state.wall``.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.application.live_wall import layout_named
from console.application.ports import Clock
from console.application.profile_choice import TileRoom
from console.application.read_models import AlarmRow
from console.domain.alarms import Priority
from console.domain.cameras import Camera
from console.domain.errors import Refusal
from console.domain.ids import CameraId
from console.domain.wall_views import Bookmark, Salvo, Tour, View, WallHabits
from console.domain.walls import FREE, USUAL_LAYERS, Layer, Layout, Wall
from console.words import N_
from widgets.choosing.side_list import SideList
from widgets.common import theme
from widgets.common.page_keys import bind
from widgets.recordings.replaying import Replaying
from widgets.state import wall as w
from widgets.state import zoom as z
from widgets.state.called import CalledNumber
from widgets.state.hearing import SoundTold
from widgets.state.overlay import SeenTold
from widgets.state.telling import Teller, Told, told_of
from widgets.state.tile import Look, RecordingTold, StreamTold, spared_words
from widgets.state.tour import Live, TourRun, Wait, tick
from widgets.wall import sides
from widgets.wall.dragging import CameraDrop
from widgets.wall.frame_source import Frame, FrameSource
from widgets.wall.keys import OFFERED_KEYS, WALL_KEYS
from widgets.wall.orders import ChangeTour, KeepHabits, KeepView, MarkWanted, RemoveView, ShareView, UnshareView
from widgets.wall.rail import RAIL_PX, Rail
from widgets.wall.render_clock import RenderClock
from widgets.wall.replay_deck import DECK_KEYS, ReplayDeck, Seen, halves
from widgets.wall.strip import WallStrip
from widgets.wall.tile import Tile

GAP_PX = 4
RING_PX = 3  # the focus ring stands outside its tile and is whole at the wall's edge too
TICK_MS = 1000
# A window being dragged asks for its pictures once it stands still.
ARRANGE_AFTER_MS = 150
NO_RAIL_BELOW_PX = 900  # 1920 × 1080 at 200 % is 960 wide; below, the pictures need the room


class WallPage(QWidget):
    """Lives in the GUI thread. News about streams, looks, alarms and talk come in; wishes go out as signals.

    Signals:
        arranged: the tiles that want pictures and their room in pixels, as a tuple of ``TileRoom``.
        wall_changed: layout or cameras changed; a ``Wall`` to be kept for the next time.
        ordered: views and habits to be kept or changed, a ``WallOrder``.
        marked: a moment to be kept as a bookmark. marks_asked, views_asked: their list is about to be read.
        speak_asked, listen_asked, snapshot_asked, history_asked, turn_asked, zones_asked: the camera's id.
        report_asked, reference_asked: ``V`` the camera is out of order, ``G`` it looks as it should; its id.
        record_asked, record_end_asked: ``R`` was pressed on a camera that is not recorded by hand, or that is.
        acknowledge_asked: ``A`` was pressed; the id of the highest, oldest alarm that nobody acknowledged.
        replay_asked: ``J``: the last minutes of cameras, as wishes, and the moment to begin at.
        left: ``Esc`` with nothing enlarged.
        sight_changed: how many cameras of this page cannot be seen.
    """

    arranged = Signal(tuple)
    wall_changed = Signal(Wall)
    speak_asked = Signal(str)
    snapshot_asked = Signal(str)
    history_asked = Signal(str)
    zones_asked = Signal(str)
    report_asked = Signal(str)
    reference_asked = Signal(str)
    turn_asked = Signal(str)
    listen_asked = Signal(str)
    record_asked = Signal(str)
    record_end_asked = Signal(str)
    acknowledge_asked = Signal(str)
    ordered = Signal(object)
    marked = Signal(MarkWanted)
    marks_asked = Signal()
    views_asked = Signal()
    replay_asked = Signal(tuple, object)
    left = Signal()
    sight_changed = Signal(int)

    def __init__(
        self,
        teller: Teller,
        clock: Clock,
        render_clock: RenderClock,
        parent: QWidget | None = None,
        *,
        offered: Sequence[str] = ("T",),
    ) -> None:
        """Args:
        offered: keys of ``OFFERED_KEYS`` that whoever wires this page really serves; others do nothing here.
        """
        super().__init__(parent)
        self._teller, self._clock, self._render_clock = teller, clock, render_clock
        self._offered = tuple(key for key in OFFERED_KEYS if key.name in offered)
        self._state = w.WallState()
        self._streams: dict[str, StreamTold] = {}
        self._alarms: tuple[AlarmRow, ...] = ()
        self._on_air: dict[str, float] = {}
        self._recording: dict[str, RecordingTold] = {}
        self._sound: tuple[str, SoundTold] | None = None
        self._tiles: list[Tile] = []
        self._asked: tuple[TileRoom, ...] = ()
        self._digits = CalledNumber()
        self._blind = -1
        self._beside: QWidget | None = None
        self._layers: frozenset[Layer] = USUAL_LAYERS
        self._who = ""
        self._side_kind = ""
        self._side = SideList(self)
        self._views: tuple[View, ...] = ()
        self._marks: tuple[Bookmark, ...] = ()
        self._may_share = False
        self._naming = ""
        self._mark_at: datetime | None = None
        self._tour: TourRun | None = None
        self._last_tour = ""
        self._told: Told | str = ""
        self._ticked_s = clock.monotonic_s()
        self._side.named.connect(self._side_named)
        self._side.row_meant.connect(self._side_row_meant)
        self._side.taken.connect(self._side_taken)
        self._side.asked.connect(self._side_asked)
        self._side.closed.connect(self._close_side)
        self._side.hide()
        self._shows_clock = False
        self._strip = WallStrip(teller, self)
        self._rail = Rail(teller, self, can_acknowledge="A" in offered)
        self._strip.layouts_asked.connect(self._open_layouts)
        self._shortcuts = bind(self, (*WALL_KEYS, *self._offered), self.press)
        self._deck = ReplayDeck(teller, clock, render_clock, self)
        self._deck.asked.connect(self.replay_asked)
        self._deck.history_asked.connect(self.history_asked)
        self._deck.ended.connect(self._replay_ended)
        self._deck_keys = bind(self, DECK_KEYS, self._deck.press)
        self._take_deck_keys(is_taken=False)
        self._timer = QTimer(self)
        self._timer.setObjectName("wall-tick-1-s")
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._arranging = QTimer(self)
        self._arranging.setObjectName("wall-arrange-150-ms")
        self._arranging.setSingleShot(True)
        self._arranging.setInterval(ARRANGE_AFTER_MS)
        self._arranging.timeout.connect(self._arrange)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(480, 320)
        self.retranslate()

    # ---- what the window may say ---------------------------------------------------------------------------------

    @property
    def state(self) -> w.WallState:
        return self._state

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """The tiles of this page, in the order of their numbers."""
        return tuple(self._tiles)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the keys that work here."""
        return tuple(key.name for key in (*WALL_KEYS, *self._offered))

    def show_cameras(self, cameras: Sequence[Camera], wall: Wall | None = None) -> None:
        """Show the directory's cameras; with ``wall`` in its layout and with its cameras first."""
        self._become(w.with_cameras(self._state, cameras, wall if self._tour is None else None))

    def show_on_focused(self, camera_id: str) -> bool:
        """Show a camera on the tile that the keys mean, and say whether it is there now.

        Not while the seat is locked, and not one that whoever sits here may not watch.
        """
        if self._beside is not None or camera_id not in self._state.known:
            return False
        self._become(w.put(self._state, self._state.selected, CameraId(camera_id)))
        return True

    def show_views(self, views: Sequence[View], *, may_share: bool) -> None:
        """Take in what can be called by name and number, and whether who sits here may share it."""
        self._views, self._may_share = tuple(views), may_share
        if not self._side.isHidden():
            self._fill_side()

    def show_marks(self, marks: Sequence[Bookmark]) -> None:
        """Take in the newest bookmarks, the newest first."""
        self._marks = tuple(marks)
        if not self._side.isHidden():
            self._fill_side()

    def show_habits(self, habits: WallHabits) -> None:
        """Take in what this seat likes to see."""
        self._layers = habits.layers
        self._become(w.with_alarm_tile(self._state, is_on=habits.has_alarm_tile))
        self._show_layers()
        self._tell_alarms()

    def tell(self, told: Told | str) -> None:
        """Say in the strip what came of an order, and in the list beside the wall while it is open."""
        self._told = told
        self._show_told()
        if not self._side.isHidden():
            self._side.say(self._teller.say(told))

    def attach(self, tile_id: str, camera_id: str, source: FrameSource | None) -> None:
        """Let a tile pull from this source. An answer to an arrangement that has passed is left out."""
        for at, tile in enumerate(self._tiles):
            if _tile_id(at) == tile_id and tile.camera is not None and tile.camera.camera_id == camera_id:
                tile.attach(source)

    def note_stream(self, stream: StreamTold) -> None:
        """Take in what the station says of a stream. What the wall shows of a camera follows its newest word."""
        self._streams[stream.camera_id] = stream
        for tile in self._of(stream.camera_id):
            tile.note_stream(stream)

    def note_seen(self, seen: SeenTold) -> None:
        """Take in what a look found."""
        for tile in self._of(seen.camera_id):
            tile.note_seen(seen)

    def note_alarms(self, rows: Sequence[AlarmRow], rate: int) -> None:
        """Take in the waiting alarms in queue order, and this seat's alarms of the last ten minutes."""
        self._alarms = tuple(rows)
        self._rail.show_queue(self._alarms, self._clock.now(), rate)
        self._tell_alarms()

    def note_on_air(self, camera_id: str, elapsed_s: float | None) -> None:
        """Take in that speech goes out at a camera, and since how long; ``None`` when it ended."""
        self._on_air.pop(camera_id, None)
        if elapsed_s is not None:
            self._on_air[camera_id] = elapsed_s
        for tile in self._of(camera_id):
            tile.note_on_air(elapsed_s)
        self._tell_sight()

    def note_sound(self, camera_id: str, sound: SoundTold | None) -> None:
        """Take in what is heard of a camera; ``None`` when nobody listens to it. Only one is heard at a time."""
        before = self._sound[0] if self._sound is not None else ""
        self._sound = (camera_id, sound) if sound is not None else None
        for tile in (*(self._of(before) if before != camera_id else ()), *self._of(camera_id)):
            tile.note_sound(self._sound_of(tile.camera))

    def _sound_of(self, camera: Camera | None) -> SoundTold | None:
        if camera is None or self._sound is None or self._sound[0] != camera.camera_id:
            return None
        return self._sound[1]

    def watch_drawn(self, drawn: Callable[[str, Frame], None]) -> None:
        """Tell ``drawn`` of each picture that is painted for the first time, and of whose camera; within the paint."""
        self._render_clock.watch(drawn)

    @property
    def paced(self) -> SignalInstance:
        """Once a second while pictures are shown: how many seconds late they tick."""
        return self._render_clock.paced

    def note_recording(self, camera_id: str, recording: RecordingTold) -> None:
        """Take in what is being recorded of a camera, whichever of its streams the wall shows."""
        self._recording[camera_id] = recording
        for tile in self._of(camera_id):
            tile.note_recording(recording)

    def show_who(self, who: str) -> None:
        """Take in who looks and at which seat, for the watermark."""
        self._who = who
        self._show_layers()

    def show_clock(self, *, is_shown: bool) -> None:
        """Show name and time of day in the strip, where no top bar does."""
        self._shows_clock = is_shown
        self._strip.show_title(is_shown=is_shown)
        self._tick()

    def lock(self, panel: QWidget) -> None:
        """Put a panel where the queue's names stand and take no key but its own. The pictures go on."""
        self._close_side()
        self._deck.end()
        self._beside = panel
        panel.setParent(self)
        self._open(is_open=False)
        self._place()
        panel.show()
        panel.raise_()

    def unlock(self) -> None:
        """Show the queue again and take keys again. The panel is whose it was."""
        if self._beside is not None:
            self._beside.hide()
            self._beside.setParent(None)
            self._beside = None
            self._open(is_open=True)
            self._place()

    def live_picture(self, camera_id: CameraId) -> QImage:
        """Return the picture of now of a camera on this page; null if it cannot be seen."""
        for tile in self._of(camera_id):
            if not tile.isVisible():
                tile.look_on()
            return tile.picture
        return QImage()

    def still_of(self, camera_id: str) -> tuple[Camera, QImage, datetime] | None:
        """Return camera, picture and its time; nothing where it is not live. What is drawn over it is not in it."""
        for tile in self._of(camera_id):
            at = tile.picture_at
            if tile.camera is not None and at is not None and not tile.picture.isNull():
                return tile.camera, tile.picture, at
        return None

    def retranslate(self) -> None:
        """Say everything again, in the language of now; selection and pictures stay."""
        self._show_strip()
        self._rail.retranslate()
        self._show_told()
        self._deck.retranslate()
        if not self._side.isHidden():
            self._fill_side()
        for tile in self._tiles:
            tile.retranslate()

    def press(self, key: str) -> None:
        """Do what a key of this page says."""
        camera = self._state.selected_camera
        asked = {
            "T": self.speak_asked,
            "Q": self.listen_asked,
            "S": self.snapshot_asked,
            "H": self.history_asked,
            "V": self.report_asked,
            "G": self.reference_asked,
            "X": self.turn_asked,
            "Shift+Z": self.zones_asked,
        }
        if key == "A":
            row = next((row for row in self._alarms if row.acknowledged_at is None), None)
            if row is not None:
                self.acknowledge_asked.emit(row.alarm_id)
            return
        if key in ("J", "Shift+J"):
            self._begin_replay(is_of_all=key == "Shift+J")
            return
        if key == "B":
            if camera is not None:
                self._mark(self._tiles[self._state.selected])
            return
        if key == "R":
            if camera is not None:
                is_on = self._recording.get(camera.camera_id) == "manual"
                (self.record_end_asked if is_on else self.record_asked).emit(camera.camera_id)
            return
        if key in asked:
            if camera is not None:
                asked[key].emit(camera.camera_id)
            return
        match key:
            case "Left" | "Right" | "Up" | "Down" if self._is_zoomed():
                self._pan(*_WAYS[key])
            case "Left" | "Right" | "Up" | "Down":
                self._become(w.step(self._state, *_WAYS[key]))
            case "Enter":
                self._become(w.back(self._state) if self._state.is_enlarged else w.enlarge(self._state))
            case "Esc" if self._state.is_enlarged:
                self._become(w.back(self._state))
            case "Esc":
                self.left.emit()
            case "[" | "]":
                self._become(w.turn(self._state, 1 if key == "]" else -1))
            case "Space":
                self._start_or_stop_tour()
            case "L" | "O" | "W":
                if key == "W":
                    self.views_asked.emit()
                self._open_side(key)
                return
            case "D" | "Z":
                self._toggle(Layer.BOXES if key == "D" else Layer.ZONES)
            case "+" | "-":
                self._zoom(1 if key == "+" else -1)
            case "Shift+Left" | "Shift+Right" | "Shift+Up" | "Shift+Down":
                self._become(w.swap_beside(self._state, *_WAYS[key.removeprefix("Shift+")]))
            case "Del":
                self._become(w.empty(self._state))
            case "U":
                self._become(w.undo(self._state))
            case _ if key.isdigit():
                self._call(int(key))
        if self._tiles and self.isVisible():
            self._tiles[self._state.selected].setFocus(Qt.FocusReason.ShortcutFocusReason)

    # ---- the last minutes beside it ------------------------------------------------------------------------------

    def show_replay(self, replaying: Replaying) -> None:
        """Show the past that was asked for."""
        self._deck.show_replay(replaying)

    def end_replay(self) -> None:
        """Show the live wall alone again."""
        self._deck.end()

    def _begin_replay(self, *, is_of_all: bool) -> None:
        """Put the past of the selected tile, or of all of them in step, beside what is live; that goes on."""
        shown = [(at, tile.camera) for at, tile in enumerate(self._tiles) if tile.camera is not None]
        if self._state.is_enlarged or not is_of_all:
            shown = [(at, camera) for at, camera in shown if at == self._state.selected]
        if not shown or self._beside is not None:
            return
        self._close_side()
        unit = QRect(0, 0, 10_000, 10_000)
        seen = []
        for at, camera in shown:
            whole = len(shown) == 1
            place = unit if whole else place_of(self._state.layout, at, unit)
            parts = (place.left(), place.top(), place.width(), place.height())
            seen.append(Seen(camera, *(part / 10_000 for part in parts)))
        self._deck.begin(seen)
        self._take_deck_keys(is_taken=True)
        self._place()
        self._deck.ask()

    def _replay_ended(self) -> None:
        self._take_deck_keys(is_taken=False)
        self._place()

    def _take_deck_keys(self, *, is_taken: bool) -> None:
        """Let keys mean the replay; acknowledging an alarm goes on to work."""
        for shortcut in self._shortcuts:
            is_for_alarms = shortcut.key().toString() == "A"
            shortcut.setEnabled((not is_taken or is_for_alarms) and self._beside is None)
        for shortcut in self._deck_keys:
            shortcut.setEnabled(is_taken)
        if self._tiles:
            self._show_strip()

    def _call(self, digit: int) -> None:
        """Mean the tile of a number; where tiles have two digits the second may come within 0.8 s."""
        if digit == 0 and self._is_zoomed():
            self._tiles[self._state.selected].look_at(z.WHOLE)
            return
        number = self._digits.take(digit, len(self._state.layout.places), self._clock.monotonic_s())
        if number is not None:
            self._become(w.choose(self._state, number - 1))

    # ---- becoming ------------------------------------------------------------------------------------------------

    def _become(self, state: w.WallState, *, is_tour: bool = False) -> None:
        before, self._state = self._state, state
        if not is_tour and self._tour is not None and before.known and before.wall != state.wall:
            self._stop_tour()  # who changes the wall wants to look at it
        if state == before and self._tiles:
            return
        is_other = before.shown != state.shown or before.layout != state.layout or not self._tiles
        is_other = is_other or before.alarm_place != state.alarm_place
        if is_other or before.selected != state.selected:
            self._deck.end()
        if is_other:
            self._fill()
        if is_other or before.is_enlarged != state.is_enlarged:
            self._place()
        self._show_strip()
        if before.selected != state.selected and self.isVisible():
            self._arranging.start()
        if not is_tour and before.known and before.wall != state.wall:
            self.wall_changed.emit(state.wall)
        if self._tiles:
            # Whoever gives the page the focus means its selected tile: the ring is always on one.
            self.setFocusProxy(self._tiles[state.selected])
        focused = QApplication.focusWidget()
        is_mine = focused is None or focused is self or self.isAncestorOf(focused)
        if is_other and self.isVisible() and is_mine and self._tiles and self._beside is None and self._side.isHidden():
            self._tiles[state.selected].setFocus(Qt.FocusReason.OtherFocusReason)
        self.update()

    def _fill(self) -> None:
        """Have a tile for every place, each showing its camera; a camera that stays on the page keeps its tile."""
        shown = self._state.shown
        spare = list(self._tiles)
        kept: list[Tile | None] = []
        for camera in shown:
            tile = next((t for t in spare if camera is not None and t.camera is not None and _same(t, camera)), None)
            if tile is not None:
                spare.remove(tile)
            kept.append(tile)
        tiles: list[Tile] = []
        for camera, tile in zip(shown, kept, strict=True):
            chosen = tile or (spare.pop() if spare else self._new_tile())
            stream = self._streams.get(camera.camera_id) if camera is not None else None
            chosen.show_camera(camera, stream)
            chosen.mark_alarm_tile(is_one=len(tiles) == self._state.alarm_place)
            chosen.setEnabled(self._beside is None)
            chosen.note_on_air(self._on_air.get(camera.camera_id) if camera is not None else None)
            chosen.note_sound(self._sound_of(camera))
            chosen.note_recording(self._recording.get(camera.camera_id, "off") if camera is not None else "off")
            tiles.append(chosen)
        for tile in spare:
            tile.attach(None)
            tile.hide()
            tile.deleteLater()
        self._tiles = tiles
        for one, other in pairwise(tiles):
            QWidget.setTabOrder(one, other)
        self._show_layers()
        self._tell_alarms()

    def _new_tile(self) -> Tile:
        tile = Tile(self._teller, self._clock, self._render_clock, self)
        tile.chosen.connect(self._tile_chosen)
        tile.focus_moved.connect(self._focus_moved)
        tile.enlarge_asked.connect(self._enlarge_asked)
        tile.camera_dropped.connect(self._camera_dropped)
        tile.zoomed.connect(self._zoomed)
        return tile

    def _tile_chosen(self) -> None:
        sender = self.sender()
        # While tiles are locked one by one the focus wanders over those that are still open: nobody chose them.
        if self._beside is None and isinstance(sender, Tile) and sender in self._tiles:
            self._become(w.choose(self._state, self._tiles.index(sender)))

    def _focus_moved(self) -> None:
        self.update()

    def _enlarge_asked(self) -> None:
        self.press("Enter")

    def _camera_dropped(self, drop: CameraDrop) -> None:
        """Show a camera where it was let go; one that came from a tile changes places with what stood here."""
        target = self.sender()
        if self._beside is not None or not isinstance(target, Tile) or target not in self._tiles:
            return
        at = self._tiles.index(target)
        if isinstance(drop.source, Tile) and drop.source in self._tiles:
            self._become(w.swap(self._state, self._tiles.index(drop.source), at))
        else:
            self._become(w.put(self._state, at, CameraId(drop.camera_id)))

    def _toggle(self, layer: Layer) -> None:
        """Draw a layer, or no longer, on every tile; it is remembered for this seat."""
        self._layers = self._layers ^ {layer}
        self._show_layers()
        self._keep_habits()

    def _keep_habits(self) -> None:
        habits = WallHabits(layers=self._layers, has_alarm_tile=self._state.has_alarm_tile)
        self.ordered.emit(KeepHabits(habits))

    def _show_layers(self) -> None:
        at = self._clock.now()
        words = f"{self._who} {self._teller.day(at)} {self._teller.clock(at)}" if self._who else ""
        for tile in self._tiles:
            tile.show_layers(self._layers, words if Layer.WATERMARK in self._layers else "")

    def _is_zoomed(self) -> bool:
        return bool(self._tiles) and not self._tiles[self._state.selected].zoom.is_whole

    def _zoom(self, steps: int) -> None:
        if self._tiles:
            tile = self._tiles[self._state.selected]
            tile.look_at(z.at_point(tile.zoom, steps, 0.5, 0.5))

    def _pan(self, columns: int, rows: int) -> None:
        tile = self._tiles[self._state.selected]
        tile.look_at(z.panned(tile.zoom, columns * z.PAN_STEP, rows * z.PAN_STEP))

    def _zoomed(self) -> None:
        """A part is looked at more closely: ask for a finer picture of it, and say which keys move it."""
        self._show_strip()
        if self.isVisible():
            self._arranging.start()

    # ---- the list beside the wall --------------------------------------------------------------------------------

    def _open_layouts(self) -> None:
        if self._beside is None:
            self._open_side("L")

    def _open_side(self, key: str) -> None:
        """Open a list in the rail's place; the wall takes no keys meanwhile."""
        self._side_kind = key
        self._side.say("")
        self._fill_side()
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
        self._side.show()
        self._place()
        self._side.raise_()
        self._side.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.update()

    def _close_side(self) -> None:
        if self._side.isHidden():
            return
        self._side.hide()
        if self._beside is None:
            for shortcut in self._shortcuts:
                shortcut.setEnabled(True)
            if self._tiles:
                self._tiles[self._state.selected].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._place()

    def _fill_side(self) -> None:
        say = self._teller.say
        if self._side_kind == "L":
            title, acts = say(Told(N_("Layout"))), sides.layout_acts(self._teller)
            self._side.show_rows(title, sides.layout_rows(self._state.layout, self._teller), "", acts)
        elif self._side_kind == "W":
            nothing = say(Told(N_("No view yet. N keeps this wall as one.")))
            rows = sides.view_rows(self._views, self._teller)
            selected = self._view_selected() or (self._views[0] if self._views else None)
            acts = sides.view_acts(selected, may_share=self._may_share, teller=self._teller)
            self._side.show_rows(say(Told(N_("Views"))), rows, nothing, acts)
        elif self._side_kind == "B":
            nothing = say(Told(N_("No bookmark yet.")))
            rows = sides.mark_rows(self._marks, self._state.known, self._teller)
            self._side.show_rows(say(Told(N_("Bookmarks"))), rows, nothing, ())
        else:
            rows = sides.layer_rows(self._layers, self._teller, has_alarm_tile=self._state.has_alarm_tile)
            self._side.show_rows(say(Told(N_("Over the pictures"))), rows, "", ())
        self._side.show_hints(
            [(("Enter",), say(Told(N_("take")))), (("1–9",), say(Told(N_("call")))), (("Esc",), say(Told(N_("back"))))]
        )

    def _side_taken(self, row_id: str) -> None:
        if self._side_kind == "L":
            if row_id != FREE:
                self._become(w.in_layout(self._state, layout_named(row_id)))
            self._close_side()
        elif self._side_kind == "W":
            self._close_side()
            view = next((view for view in self._views if view.view_id == row_id), None)
            if view is not None:
                self._call_view(view)
        elif self._side_kind == "B":
            self._close_side()
            mark = next((mark for mark in self._marks if mark.bookmark_id == row_id), None)
            if mark is not None:
                self.show_on_focused(mark.camera_id)
        elif row_id == sides.ALARM_TILE:
            self._become(w.with_alarm_tile(self._state, is_on=not self._state.has_alarm_tile))
            self._tell_alarms()
            self._keep_habits()
            self._fill_side()
        else:
            self._toggle(Layer(row_id))
            self._fill_side()

    def _view_selected(self) -> View | None:
        row = self._side.selected
        return next((view for view in self._views if row is not None and view.view_id == row.row_id), None)

    def _side_row_meant(self) -> None:
        if self._side_kind == "W":
            self._fill_side()

    def _side_named(self, name: str) -> None:
        """Keep what the name was typed for."""
        state, naming = self._state, self._naming
        views = tuple(view.view_id for view in self._views if isinstance(view.shows, Wall))
        try:
            match naming:
                case "B":
                    tile = self._tiles[state.selected]
                    if self._mark_at is not None and tile.camera is not None:
                        self.marked.emit(MarkWanted(tile.camera.camera_id, self._mark_at, name))
                    self._close_side()
                case "N":
                    self.ordered.emit(KeepView(name, state.wall))
                case "P":
                    self.ordered.emit(KeepView(name, Salvo(w.salvo_of(state))))
                case "R":
                    self.ordered.emit(KeepView(name, Tour(views=views)))
                case _:
                    cameras = tuple(place for place in state.places if place is not None)
                    self.ordered.emit(KeepView(name, Tour(cameras=cameras)))
        except Refusal as refusal:
            self._side.say(self._teller.say(told_of(refusal)))

    def _mark(self, tile: Tile) -> None:
        """Hold the moment and ask for words; the time is that of the key, not of the last letter."""
        self._mark_at = tile.picture_at or self._clock.now()
        self.marks_asked.emit()
        self._open_side("B")
        self._naming = "B"
        self._side.ask_name(self._teller.say(Told(N_("Words for this moment"))), may_be_empty=True)

    # ---- views and tours -----------------------------------------------------------------------------------------

    def _call_view(self, view: View) -> None:
        match view.shows:
            case Wall():
                self._become(w.with_view(self._state, view.shows))
                self.tell(Told(N_("View {name}"), {"name": view.name}))
            case Salvo(puts=puts):
                self._become(w.with_salvo(self._state, puts))
                self.tell(Told(N_("Salvo {name}"), {"name": view.name}))
            case Tour():
                self._begin_tour(view)

    def _begin_tour(self, view: View) -> None:
        """Start a tour of what is still there; in one tile where it is of cameras."""
        assert isinstance(view.shows, Tour)
        tour = view.shows
        walls = {one.view_id: one.shows for one in self._views}
        steps: list[Wall | CameraId] = []
        for name in tour.views:
            wall = walls.get(name)
            if isinstance(wall, Wall):
                steps.append(wall)
        steps += [name for name in tour.cameras if name in self._state.known]
        if self._state.selected == self._state.alarm_place:
            self._become(w.choose(self._state, 0))
        if not steps:
            self.tell(Told(N_("Nothing of this tour is left.")))
            return
        self._last_tour = view.view_id
        self._go(TourRun(name=view.name, steps=tuple(steps), dwell_s=tour.dwell_s, place=self._state.selected))

    def _start_or_stop_tour(self) -> None:
        if self._tour is not None:
            self._stop_tour()
            return
        tours = [view for view in self._views if isinstance(view.shows, Tour)]
        view = next((view for view in tours if view.view_id == self._last_tour), tours[0] if tours else None)
        if view is not None:
            self._begin_tour(view)
        else:
            self.tell(Told(N_("There is no tour yet. W makes one.")))

    def _go(self, run: TourRun) -> None:
        self._tour = run
        self._ticked_s = self._clock.monotonic_s()
        self._become(w.toured(self._state, run.step, run.place), is_tour=True)
        self._show_told()

    def _stop_tour(self) -> None:
        if self._tour is not None:
            name, self._tour = self._tour.name, None
            self.tell(Told(N_("Tour {name} stopped."), {"name": name}))

    def _tour_on(self) -> None:
        """Let the tour's time pass: only what the wall was on the screen, with its pictures, is counted."""
        now_s = self._clock.monotonic_s()
        passed_s, self._ticked_s = now_s - self._ticked_s, now_s
        if self._tour is None:
            return
        mine = {*self._state.places, *(step for step in self._tour.steps if not isinstance(step, Wall))}
        waits = any(
            row.priority is Priority.HIGH and row.acknowledged_at is None and row.camera_id in mine
            for row in self._alarms
        )
        tiles = (
            self._tiles if isinstance(self._tour.step, Wall) else self._tiles[self._tour.place : self._tour.place + 1]
        )
        lives = [tile.look.look in (Look.LIVE, Look.AGEING) for tile in tiles if tile.camera is not None]
        live = Live.NONE if not any(lives) else Live.ALL if all(lives) else Live.SOME
        at = self._tour.at
        self._tour = tick(self._tour, passed_s, live=live, has_unheard_high=waits)
        if self._tour.at != at:
            self._become(w.toured(self._state, self._tour.step, self._tour.place), is_tour=True)
        self._show_told()

    def _show_told(self) -> None:
        """Say how the tour stands while there is one, else what came of the last order."""
        run = self._tour
        if run is None:
            self._strip.tell(self._teller.say(self._told))
            return
        facts: dict[str, object] = {"name": run.name, "step": run.at + 1, "steps": len(run.steps)}
        if run.wait is Wait.ALARM:
            told = Told(N_("Tour paused: a high alarm is not acknowledged"))
        elif run.wait is Wait.PICTURES:
            told = Told(N_("Tour {name} {step}/{steps} · waiting for pictures"), facts)
        else:
            told = Told(N_("Tour {name} {step}/{steps} · {left} s"), {**facts, "left": round(run.left_s)})
        if run.left_out is not None and run.wait is not Wait.ALARM:
            facts |= {"what": self._step_words(run, run.left_out), "left": round(run.left_s)}
            told = Told(N_("Tour {name} {step}/{steps} · {left} s · {what} passed over, no live picture"), facts)
        self._strip.tell(self._teller.say(told))

    def _step_words(self, run: TourRun, at: int) -> str:
        step = run.steps[at]
        camera = self._state.known.get(step) if not isinstance(step, Wall) else None
        return camera.number if camera is not None else f"{at + 1}/{len(run.steps)}"

    def _side_asked(self, key: str) -> None:
        view = self._view_selected()
        try:
            if key in _NAMED:
                self._naming = key
                self._side.ask_name(self._teller.say(Told(_NAMED[key])))
                return
            if key == "Del" and view is not None:
                self.ordered.emit(RemoveView(view.view_id))
            elif key == "H" and view is not None:
                self.ordered.emit(UnshareView(view.view_id) if view.is_shared else ShareView(view.view_id))
            elif key == "S" and view is not None and isinstance(view.shows, Tour):
                self.ordered.emit(ChangeTour(view.view_id, view.shows.with_next_dwell()))
            elif key == "D":
                self._become(w.split_selected(self._state))
            elif key == "J":
                self._become(w.join_selected(self._state))
        except Refusal as refusal:
            self._side.say(self._teller.say(told_of(refusal)))
        else:
            self._side.say("")
            self._fill_side()

    def _open(self, *, is_open: bool) -> None:
        for shortcut in self._shortcuts:
            shortcut.setEnabled(is_open)
        for part in (self._strip, *self._tiles):
            part.setEnabled(is_open)
        self._show_strip()  # keys that do nothing now are not offered

    # ---- room ----------------------------------------------------------------------------------------------------

    def _place(self) -> None:
        """Give strip, rail and tiles their places (DESIGN §6) and ask for pictures of that size soon."""
        strip_px = self._strip.height_px()
        has_rail = self.width() >= NO_RAIL_BELOW_PX
        rail = QRect(self.width() - RAIL_PX, strip_px, RAIL_PX, self.height() - strip_px)
        self._strip.setGeometry(0, 0, self.width(), strip_px)
        self._rail.setVisible(has_rail and self._beside is None and self._side.isHidden())
        self._rail.setGeometry(rail)
        if self._beside is not None:
            self._beside.setGeometry(rail)
        self._side.setGeometry(rail)
        right = self.width() - (RAIL_PX + 1 if has_rail else 0)
        grid = QRect(0, strip_px, right, self.height() - strip_px).adjusted(RING_PX, RING_PX, -RING_PX, -RING_PX)
        if self._deck.is_open:
            grid, past = halves(grid)
            self._deck.setGeometry(past)
        has_large = self._state.is_enlarged or self._deck.is_single
        for at, tile in enumerate(self._tiles):
            is_large = has_large and at == self._state.selected
            tile.setGeometry(grid if is_large else place_of(self._state.layout, at, grid))
            tile.setVisible(is_large or not has_large)
        self.update()  # the ring is the page's own: where it stood before nobody else paints
        if self.isVisible():
            self._arranging.start()

    def _arrange(self) -> None:
        """Ask for the pictures of this page. Behind an enlarged tile the others go on: going back is instant.

        A minimised or wholly covered window asks for nothing: nobody sees it. Behind another page of a window that is
        seen the pictures go on, for the review shows the camera as it is now.
        """
        rooms = []
        for at, tile in enumerate(self._tiles if self._is_seen() else ()):
            if tile.camera is None:
                continue
            size: QSize = tile.picture_size_px()
            rooms.append(
                TileRoom(
                    tile_id=_tile_id(at),
                    camera_id=tile.camera.camera_id,
                    width_px=size.width(),
                    height_px=size.height(),
                    is_alone=self._state.is_enlarged and at == self._state.selected,
                    is_selected=at == self._state.selected,
                )
            )
        if tuple(rooms) != self._asked:
            self._asked = tuple(rooms)
            self.arranged.emit(self._asked)

    def _is_seen(self) -> bool:
        window = self.window().windowHandle()
        return window is None or (window.isExposed() and not self.window().isMinimized())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again at what is asked for when the window is uncovered, covered, minimised or comes back."""
        if event.type() in (QEvent.Type.Expose, QEvent.Type.WindowStateChange) and self.isVisible():
            self._arranging.start()
        return False

    def ask_again(self) -> None:
        """Ask for the same pictures once more: the station was away and has forgotten them."""
        self._asked = ()
        if self.isVisible():
            self._arranging.start()

    # ---- showing -------------------------------------------------------------------------------------------------

    def _show_strip(self) -> None:
        say = self._teller.say
        hints: list[tuple[tuple[str, ...], str]] = [
            (("1–9",), say(Told(N_("select")))),
            (("Enter",), say(Told(N_("enlarge")))),
        ]
        if self._state.is_enlarged:
            hints = [(("Esc",), say(Told(N_("back"))))]
        if self._is_zoomed():
            hints += [(("← → ↑ ↓",), say(Told(N_("another part")))), (("0",), say(Told(N_("whole picture"))))]
        hints += [((key.name,), say(Told(_SHORT[key.name]))) for key in self._offered if key.name in _SHORT]
        hints += [(("W",), say(Told(N_("views")))), (("Space",), say(Told(N_("tour"))))]
        hints += [(("L",), say(Told(N_("layout")))), (("O",), say(Told(N_("layers"))))]
        hints += [(("+", "-"), say(Told(N_("zoom")))), (("Del",), say(Told(N_("empty"))))]
        if self._state.before:
            hints += [(("U",), say(Told(N_("undo"))))]
        hints += [(("F1",), say(Told(N_("all keys"))))]
        if self._beside is not None or self._deck.is_open:  # the replay offers its own
            hints = []
        self._strip.show_state(self._state, hints)

    def _tick(self) -> None:
        now = self._clock.now()
        for tile in self._tiles:
            if tile.isHidden():
                tile.look_on()
        self._rail.show_now(now)
        self._strip.show_clock(self._teller.clock(now) if self._shows_clock else "")
        if Layer.WATERMARK in self._layers:
            self._show_layers()
        self._tell_sight(now)
        self._tour_on()

    def _tell_sight(self, now: datetime | None = None) -> None:
        blind = sum(1 for tile in self._tiles if tile.look.is_blind)
        places = sum(1 for tile in self._tiles if tile.camera is not None)
        number = next((tile.camera.number for tile in self._tiles if tile.camera and self._is_on_air(tile)), "")
        self._rail.show_sight(blind, places, number, self._spared())
        if blind != self._blind:
            self._blind = blind
            self.sight_changed.emit(blind)

    def _spared(self) -> Told | None:
        """Say what a busy machine leaves out of the wall's pictures, if it does."""
        streams = [self._streams.get(tile.camera.camera_id) for tile in self._tiles if tile.camera is not None]
        return spared_words([stream.sparing for stream in streams if stream is not None], len(streams))

    def _is_on_air(self, tile: Tile) -> bool:
        return tile.camera is not None and tile.camera.camera_id in self._on_air

    def _tell_alarms(self) -> None:
        unheard: dict[str, int] = {}
        for row in self._alarms:
            if row.priority is Priority.HIGH and row.acknowledged_at is None:
                unheard[row.camera_id] = unheard.get(row.camera_id, 0) + 1
        for tile in self._tiles:
            camera = tile.camera
            if camera is None:
                continue
            has_one = camera.camera_id in unheard
            # A row names its category, not its zone: with one rule a camera both are the same.
            zones = frozenset(
                rule.zone.name for rule in camera.rules if has_one and _is_of(rule.category, self._alarms)
            )
            tile.note_alarms(zones, has_unheard_high=has_one)
        if self._state.alarm_place is not None:
            unheard_rows = [row for row in self._alarms if row.acknowledged_at is None]
            newest = max(unheard_rows, key=lambda row: row.raised_at, default=None)
            wanted = CameraId(newest.camera_id) if newest is not None else None
            if wanted != self._state.alarm_camera:
                self._become(w.with_alarm(self._state, wanted))

    def _of(self, camera_id: str) -> list[Tile]:
        return [tile for tile in self._tiles if tile.camera is not None and tile.camera.camera_id == camera_id]

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), theme.colour("g0"))
            focused = next((tile for tile in self._tiles if tile.hasFocus() and not tile.isHidden()), None)
            tone = "focus"
            if focused is None and not self._side.isHidden() and self._tiles:
                focused, tone = self._tiles[self._state.selected], "t2"  # what the list means, while it has the ring
            if focused is not None:
                painter.setPen(theme.cosmetic_pen(tone))
                for edge in (2, 3):  # 1 px away from the tile, 2 px wide
                    painter.drawRect(focused.geometry().adjusted(-edge, -edge, edge - 1, edge - 1))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        window = self.window().windowHandle()
        if window is not None:
            window.installEventFilter(self)  # who is asked twice to look looks once
            self.window().installEventFilter(self)
        self._timer.start()
        self._ticked_s = self._clock.monotonic_s()
        self._arranging.start()
        self._tick()
        if self._tiles and self._beside is None:
            self._tiles[self._state.selected].setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        if not event.spontaneous():  # another page; a window that was minimised gives its wish back
            self._arranging.stop()
        self._deck.end()


_SHORT = {
    "T": N_("speak"),
    "Q": N_("sound"),
    "B": N_("bookmark"),
    "S": N_("snapshot"),
    "H": N_("playback"),
    "J": N_("replay"),
    "R": N_("record"),
    "X": N_("turn"),
}


_NAMED = {
    "N": N_("Name of the view"),
    "P": N_("Name of the salvo"),
    "R": N_("Name of the tour"),
    "C": N_("Name of the tour"),
}
_WAYS = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}


def place_of(layout: Layout, at: int, grid: QRect) -> QRect:
    """Return where a place of the layout stands: equal cells with gaps of 4 px, some joined."""
    column, row, columns, rows = layout.places[at]
    width = (grid.width() - GAP_PX * (layout.columns - 1)) // layout.columns
    height = (grid.height() - GAP_PX * (layout.rows - 1)) // layout.rows
    return QRect(
        grid.left() + column * (width + GAP_PX),
        grid.top() + row * (height + GAP_PX),
        columns * width + (columns - 1) * GAP_PX,
        rows * height + (rows - 1) * GAP_PX,
    )


def _tile_id(at: int) -> str:
    return f"tile-{at + 1}"


def _same(tile: Tile, camera: Camera) -> bool:
    return tile.camera is not None and tile.camera.camera_id == camera.camera_id


def _is_of(category: str, rows: Sequence[AlarmRow]) -> bool:
    return any(
        row.category == category and row.priority is Priority.HIGH and row.acknowledged_at is None for row in rows
    )
