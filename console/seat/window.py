"""One seat: the sign-in, the pages of whoever is signed in, and the line to the station, tied together.

Long because it wires every page to every desk and to the station; nothing is decided here.
"""

import importlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from console.application.errors import Unavailable
from console.application.read_models import AlarmRow
from console.application.screens_desk import ScreenLine
from console.application.sign_in import LockedFor, SignIn
from console.desks import Desks
from console.domain.accounts import Actor, Verb
from console.domain.cameras import Camera
from console.domain.errors import Refusal
from console.domain.events import AlarmsChanged, CasesChanged
from console.domain.ids import AlarmId, CameraId, SeatId
from console.domain.shifts import Shift
from console.domain.walls import Wall
from console.infrastructure.channel.messages import (
    Arranged,
    DeviceAnswered,
    DevicesFound,
    Health,
    HealthHistory,
    Nudge,
    PlayerOpened,
    PlayerState,
    PresetsListed,
    PtzState,
    ReplayState,
    RequestFailed,
    RuleHit,
    Seen,
    SoundState,
    StillTaken,
    StreamState,
    TalkState,
    TrialOpened,
)
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.starting import StartedStation, start_station
from console.infrastructure.station_link import StationLink
from console.infrastructure.stored_files import SNAPSHOTS
from console.infrastructure.window_places import WindowPlaces
from console.seat.health_words import change_lines, health_lines, unwatched_cameras, worker_lines
from console.seat.ill_cameras import IllCameras
from console.seat.listening import SeatListening
from console.seat.locking import SeatLock
from console.seat.page_room import PageRoom
from console.seat.pictures import WallPictures, slot_at
from console.seat.replays import StationReplays
from console.seat.self_ended import SelfEnded
from console.seat.standing import StandingWatch
from console.seat.stills import StationStills
from console.seat.turning import SeatTurning
from console.seat.wall_keeper import WallKeeper
from console.seat.wall_windows import MAIN, WallWindows
from console.site import Site
from console.words import N_, Words
from widgets.accounts.keys import ACCOUNT_KEYS
from widgets.alarms.keys import REVIEW_KEYS
from widgets.audit.keys import AUDIT_KEYS
from widgets.bays.keys import BAY_KEYS
from widgets.bridge import Bridge
from widgets.cases.keys import CASE_KEYS
from widgets.common import theme
from widgets.common.idle import IdleWatch
from widgets.common.page_keys import PageKey
from widgets.desk import Desk
from widgets.directory.rows import CameraState
from widgets.directory.wall_room import WallRoom
from widgets.evidence.keys import PLAYER_KEYS
from widgets.health.keys import HEALTH_KEYS
from widgets.learning.keys import LEARNING_KEYS
from widgets.login.login_page import DemoAccount, LoginPage
from widgets.main_window import MainWindow
from widgets.onboarding.keys import ONBOARDING_KEYS
from widgets.ptz.tour_keys import TOUR_KEYS
from widgets.recordings.keys import RECORDING_KEYS
from widgets.recordings.replaying import ReplayWish
from widgets.settings.keys import SETTINGS_KEYS
from widgets.shift.keys import SHIFT_KEYS
from widgets.state.health import ChangeLine, UnseenCamera
from widgets.state.review import Sight
from widgets.state.telling import Teller, Told
from widgets.state.tile import ILL_WORDS
from widgets.wall.keys import OFFERED_KEYS, WALL_KEYS
from widgets.wall.monitor_watch import MonitorWatch
from widgets.wall.render_clock import RenderClock
from widgets.wall.screen_menu import ScreenMenu
from widgets.wall.wall_page import WallPage
from widgets.zones.keys import ZONE_SHEET

if TYPE_CHECKING:
    from console.seat.pages import Pages
    from console.seat.papers import Papers

_log = logging.getLogger(__name__)

# News wakes the seat; this finds what a lost piece of news would have told.
LOOK_EVERY_MS = 2000
# The module of all pages but the wall, found by its name as a role is (its own first lines say why).
LATER_PAGES = "console.seat.pages"
# They are made after the first picture, or after this time where no camera shows one.
LATER_PAGES_MS = 3000
TEN_MINUTES = timedelta(minutes=10)
ONE_MINUTE = timedelta(minutes=1)
STREAM_FORGOTTEN_AFTER = timedelta(seconds=10)  # an open stream is told of every second
# What the wall can ask that this seat really serves; the others come with their rooms.
OFFERS = ("T", "Q", "H", "J", "Shift+J", "R", "A", "X", "B", "S", "V", "G", "Shift+Z")
WALL_OFFERS = tuple(key for key in OFFERED_KEYS if key.name in OFFERS)
# The pages behind the wall, with their F-keys, their keys, and the verb without which nobody is shown them.
ROOMS: tuple[tuple[str, str, str, Sequence[PageKey], Verb | None], ...] = (
    ("review", N_("Review"), "F3", REVIEW_KEYS, Verb.REVIEW),
    ("cases", N_("Cases"), "F4", CASE_KEYS, Verb.SEE_CASES),
    ("evidence", N_("Playback"), "F5", PLAYER_KEYS, Verb.SEE_EVIDENCE),
    ("recordings", N_("Recordings"), "Ctrl+F5", RECORDING_KEYS, Verb.SEE_RECORDINGS),
    ("shift", N_("Shift"), "F7", SHIFT_KEYS, Verb.REPORT),
    ("tours", N_("PTZ tours"), "Ctrl+F2", TOUR_KEYS, Verb.KEEP_TOURS),
    ("bays", N_("Bays"), "Ctrl+F4", BAY_KEYS, Verb.REVIEW),
    ("zones", N_("Zones"), "Ctrl+F3", ZONE_SHEET, Verb.ADMINISTER),
    ("settings", N_("Settings"), "F8", SETTINGS_KEYS, None),
    ("onboarding", N_("Add camera"), "Ctrl+F7", ONBOARDING_KEYS, Verb.ADMINISTER),
    ("accounts", N_("Accounts"), "Ctrl+F8", ACCOUNT_KEYS, Verb.ADMINISTER),
    ("audit", N_("Audit"), "Ctrl+F9", AUDIT_KEYS, Verb.AUDIT),
    ("learning", N_("Learning"), "Ctrl+F6", LEARNING_KEYS, Verb.TEACH),
    ("health", N_("Health"), "F9", HEALTH_KEYS, None),
)
# Why a camera cannot be seen, in the words of its tile.
CONDITION_WORDS = {
    "opening": N_("Opening"),
    "stale": N_("No new picture"),
    "frozen": N_("Picture frozen"),
    "no_signal": N_("No signal"),
    "wrong_password": N_("Wrong password"),
    "not_trusted": N_("Not trusted"),
    "cannot_open": N_("Cannot be opened here"),
    "device_full": N_("Device is full"),
    "platform_away": N_("Platform away"),
    "platform_refuses": N_("Platform refuses"),
    "camera_offline": N_("Camera offline"),
    "not_playable": N_("No stream"),
    "cannot_decode": N_("Cannot be decoded"),
    "worker_restarting": N_("Decoder restarting"),
}


class Seat(QObject):
    """Lives in the GUI thread. ``open`` shows the window, ``close`` ends everything the seat began."""

    def __init__(
        self,
        site: Site,
        seat_id: SeatId,
        words: Words,
        demo_accounts: Sequence[DemoAccount] = (),
        *,
        starting: StartedStation | None = None,
    ) -> None:
        """Args:
        demo_accounts: shown on the login page of a demo site; never given elsewhere.
        starting: the station that whoever opens the seat has started already.
        """
        super().__init__()
        self._site, self._seat_id, self._words = site, seat_id, words
        self._teller = Teller(words, site.zone)
        self._desk = Desk(self)
        self._desks = Desks.of(site)
        self._sign_in = SignIn(site.units, Argon2PasswordHasher(), site.clock, site.vault)
        self._bridge = Bridge(self)
        self._bridge.said.connect(self._hear)
        self._link = StationLink(
            endpoint_file=site.endpoint_file,
            seat_id=seat_id,
            start=lambda: start_station(["--site", site.name], site.paths.logs / "station.out"),
            clock=site.clock,
            heard=self._bridge.publish,
            changed=self._bridge.publish,
            told=self._bridge.publish,
            starting=starting,
        )
        self._replays = StationReplays(self._link, self)
        self._stills = StationStills(self._link, self._site.clock, self)
        self._actor: Actor | None = None
        self._wall: WallPage | None = None
        self._turnings: dict[int, SeatTurning] = {}  # by the wall's number
        self._keepers: dict[int, WallKeeper] = {}
        self._listening: SeatListening | None = None
        self._ill: IllCameras | None = None
        self._wall_room: WallRoom | None = None
        self._rooms: dict[str, PageRoom] = {}
        self._person: QWidget | None = None
        self._person_desk: Desk | None = None
        self._makings: tuple[type[Pages], Papers] | None = None
        self._are_pages_asked = False
        self._pages: Pages | None = None
        self._pictures: WallPictures | None = None
        # The cameras this seat has met: on its wall, told of by a stream, or chosen; and those that are not to be seen.
        self._cameras: dict[str, Camera] = {}
        self._not_ours: set[str] = set()
        self._is_closed = False
        self._trouble: Told | str = ""
        self._streams: dict[str, tuple[StreamState, datetime]] = {}  # by stream: a camera may have two, and when heard
        self._health_changes: tuple[ChangeLine, ...] = ()
        self._on_air_camera = ""
        self._queue: tuple[Sequence[AlarmRow], int] = ((), 0)
        self._ptz: dict[str, PtzState] = {}  # what each camera that is turned does, as the station said last
        self._are_walls_back = False
        self._demo = tuple(demo_accounts)
        self._self_ended = SelfEnded(self._desks.review, self._desk, site.clock)
        self.window = MainWindow(self._teller, site.clock)
        self.window.new_wall_wanted.connect(self._open_wall)
        self.window.send_wanted.connect(self._choose_screen)
        self.window.language_wanted.connect(words.speak)
        self.window.closing.connect(self.close)
        self.window.page_shown.connect(self._page_shown)
        self._lock = SeatLock(self.window, self._sign_in, self._desk, self._teller, self)
        self._lock.unlocked.connect(self._unlocked)
        self._lock.handed_over.connect(self._hand_over)
        self.window.lock_wanted.connect(self._lock_by_key)
        self.window.find_wanted.connect(self._find_camera)
        self._words.listen(self._lock.retranslate)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._monitors = MonitorWatch(application, self)
        self._walls = WallWindows(
            window=self.window,
            make=self._new_wall,
            keys=(*WALL_KEYS, *WALL_OFFERS),
            places=WindowPlaces(site.paths.data, seat_id),
            keep=lambda work: self._desk.ask(work, _nothing, self._refused),
            monitors=self._monitors,
            teller=self._teller,
            clock=site.clock,
            parent=self,
        )
        self._walls.opened.connect(self._wall_opened)
        self._walls.closed.connect(self._wall_closed)
        self._walls.lock_wanted.connect(self._lock_by_key)
        self._words.listen(self._walls.retranslate)
        self._idle = IdleWatch(site.settings.seat.lock_after_min, self)
        self._idle.idle.connect(self._lock_when_idle)
        self._standing = StandingWatch(self._sign_in, self._desk, self)
        self._standing.password_changed.connect(self._lock_for_changed_password)
        self._standing.ended.connect(self._hand_over)
        self._login = self._new_login()
        self._desk.stumbled.connect(self._stumbled)
        self._looking = QTimer(self)
        self._looking.setObjectName("seat-look-2-s")
        self._looking.setInterval(LOOK_EVERY_MS)
        self._looking.timeout.connect(self._look)
        self._later = QTimer(self)
        self._later.setObjectName("seat-later-pages-3-s")
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_PAGES_MS)
        self._later.timeout.connect(self._bring_pages)

    def open(self, sign_in_name: str = "", password: str = "") -> None:
        """Show the window and find the station; with a name and password sign in at once (the demo)."""
        self.window.cover(self._login)
        self._walls.show_main()
        self._link.open()
        self._later.start()
        if sign_in_name:
            self._desk.ask(
                lambda: self._sign_in.sign_in(sign_in_name, password, self._seat_id), self._signed_in, self._refused
            )

    @Slot()
    def close(self) -> None:
        """End what the seat began. The station goes on."""
        if self._is_closed:
            return
        self._is_closed = True
        self._looking.stop()
        self._later.stop()
        self._idle.end()
        self._standing.end()
        self._words.forget(self._lock.retranslate)
        self._words.forget(self._walls.retranslate)
        self._end_turning()
        self._walls.stop()
        self._monitors.end()
        if self._pages is not None:
            self._pages.talk.lock()
            self._pages.zones.end_trial()
        if self._listening is not None:
            self._listening.end()
        if self._pictures is not None:
            self._pictures.close()
        self._replays.close_all()
        self._stills.close()
        if self._person_desk is not None:
            self._person_desk.close()
        self._desk.close()
        self._link.close()

    # ---- signing in ------------------------------------------------------------------------------------------

    def _new_login(self) -> LoginPage:
        login = LoginPage(
            self._sign_in,
            self._desk,
            self._teller,
            self._seat_id,
            self._site.queries.backlog,
            self._demo,
        )
        login.signed_in.connect(self._signed_in)
        login.language_chosen.connect(self._words.speak)
        return login

    @Slot(Actor)
    def _signed_in(self, actor: Actor) -> None:
        """Show the wall at once; the other pages have their places and are made when a picture stands on it."""
        self._actor = actor
        self._standing.begin(actor)
        if actor.may(Verb.WATCH):
            self._make_wall()
        for page_id, sentence, f_key, keys, verb in ROOMS:
            if verb is None or actor.may(verb):
                self._rooms[page_id] = PageRoom(self.window)
                self.window.add_page(page_id, page_id, sentence, f_key, self._rooms[page_id], keys)
        self.window.show_who(Told(N_("Seat {seat} · {name}"), {"seat": self._seat_id, "name": actor.display_name}))
        self.window.uncover()
        self._idle.begin()
        if self._wall is not None:
            self._read_wall()
            self._looking.start()
            self._look()
        else:
            self._bring_pages()
        if self._makings is not None:
            self._make_pages()

    def _make_wall(self) -> None:
        self._pictures = WallPictures(self._desks.wall, self._link, self._seat_id, self._site.clock, self)
        self._pictures.first.painted.connect(self._bring_pages)
        assert self._actor is not None
        self._listening = SeatListening(
            self._actor, self._desks.listening, self._link, self._desk, self._site.clock, self
        )
        self._replays.listen_asked.connect(self._listening.switch_recording)
        self._listening.player_told.connect(self._player_heard)
        self._listening.player_ended.connect(self._player_silent)
        self._listening.refused.connect(self.window.show_line)
        self._ill = IllCameras(
            self._desks.sight, self._desks.cases, self._desks.dispatch.units, self._actor, self._link, self._desk,
            self,
        )  # fmt: skip
        wall = self._new_wall()
        self._wall = wall
        self._wall_room = WallRoom(wall, self.window)
        keys = (*WALL_KEYS, *WALL_OFFERS)
        self.window.add_page("wall", "wall", N_("Wall"), "F2", self._wall_room, keys, fills_screen=True)
        self._walls.begin(wall)

    def _new_wall(self) -> WallPage:
        """Make a wall for any window; ``_wall_opened`` ties it to the desks."""
        clock = RenderClock()
        wall = WallPage(self._teller, self._site.clock, clock, self.window, offered=OFFERS)
        clock.setParent(wall)
        return wall

    @Slot(int)
    def _wall_opened(self, number: int) -> None:
        wall, pictures = self._walls.pages[number], self._pictures
        assert pictures is not None
        pictures.serve(str(number), wall)
        if self._listening is not None:
            self._listening.serve(number, wall)
        if self._ill is not None:
            self._ill.serve_wall(number, wall)
        wall.speak_asked.connect(self._arm)
        wall.history_asked.connect(self._open_history)
        wall.zones_asked.connect(self._open_zones)
        wall.replay_asked.connect(lambda wishes, at: self._replay(wall, wishes, at))
        wall.record_asked.connect(self._record)
        wall.record_end_asked.connect(self._end_recording)
        wall.acknowledge_asked.connect(self._acknowledge)
        wall.wall_changed.connect(lambda kept: self._keep_wall(number, kept))
        wall.note_alarms(*self._queue)
        assert self._actor is not None
        self._turnings[number] = SeatTurning(
            wall, self._actor, self._desks.ptz, self._link, self._desk, self._teller, self._site.clock
        )
        self._words.listen(self._turnings[number].retranslate)
        keeper = WallKeeper(
            wall,
            self._desks.wall_book,
            self._actor,
            self._desk,
            self._teller,
            self._site.paths.data / SNAPSHOTS,
            self._stills,
            is_main=number == MAIN,
        )
        self._keepers[number] = keeper
        keeper.cameras_named.connect(self._meet)
        keeper.read()

    @Slot(int)
    def _wall_closed(self, number: int) -> None:
        actor = self._actor
        if self._listening is not None:
            self._listening.leave(number)
        if self._ill is not None:
            self._ill.leave_wall(number)
        self._end_turning(number)
        if number in self._keepers:
            self._keepers.pop(number).close()
        if self._pictures is not None:
            self._pictures.leave(str(number))
        if actor is not None:
            self._desk.ask(lambda: self._desks.wall.close_further(actor, number), _nothing, self._refused)

    # ---- the directory beside the wall -----------------------------------------------------------------------

    @Slot()
    def _find_camera(self) -> None:
        """Show the directory with the cursor in its search; where it has the cursor already, close it."""
        if self._pages is None or self._wall_room is None or self._lock.is_locked:
            return
        panel = self._pages.directory
        if panel.isVisible() and panel.field.hasFocus():
            panel.press("Esc" if not panel.field.text() else "/")
            return
        self.window.show_page("wall")
        panel.ask()
        self._tell_states()

    @Slot(str)
    def _open_on_wall(self, camera_id: str) -> None:
        """Show a chosen camera on the selected tile, once the seat knows it."""
        wall = self._wall

        def show() -> None:
            if wall is not None and wall is self._wall:
                wall.show_on_focused(camera_id)

        self._meet([camera_id], show)

    @Slot(str)
    def _meet_one(self, camera_id: str) -> None:
        if camera_id not in self._cameras:
            self._meet([camera_id])

    @Slot()
    def _back_to_wall(self) -> None:
        if self._wall is not None:
            self._wall.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell_states(self) -> None:
        """Tell the directory how the cameras are of which a stream tells."""
        if self._pages is None or not self._pages.directory.isVisible():
            return
        told = {}
        for state, _ in self._streams.values():
            is_live = state.condition == "live"
            word = N_("Live") if is_live else CONDITION_WORDS[state.condition]
            is_ill = is_live and state.sight in ILL_WORDS
            if is_live or state.camera_id not in told:
                word, shape = (ILL_WORDS[state.sight], "fault") if is_ill else (word, "live" if is_live else "fault")
                is_silent = not is_live and state.condition != "opening"
                told[str(state.camera_id)] = CameraState(shape, Told(word), is_silent)
        self._pages.directory.note_states(told)

    @Slot()
    def _choose_screen(self) -> None:
        """Offer the screens elsewhere for the wall that has the keyboard."""
        actor, wall = self._actor, self._walls.focused
        if actor is not None and wall is not None and not self._lock.is_locked:
            desk = self._desks.screens
            self._desk.fetch(lambda: (actor, desk.all(actor)), self._screens_came, self._refused)

    def _screens_came(self, found: tuple[Actor, Sequence[ScreenLine]]) -> None:
        asked_by, screens = found
        wall = self._walls.focused
        if asked_by != self._actor or wall is None or self._lock.is_locked:
            return
        if not screens:
            self.window.show_line(Told(N_("No screen has a key yet. Ask an administrator.")))
            return
        desk, state = self._desks.screens, wall.state
        # What stands on the wall now; what its other pages hold is not sent.
        shown = Wall(
            layout=state.layout, cameras=tuple(one.camera_id if one is not None else None for one in state.shown)
        )

        def order(work: Callable[[], None]) -> None:
            """A seat that was locked, or changed hands, while the menu stood open sends nothing."""
            if asked_by == self._actor and not self._lock.is_locked:
                self._desk.ask(work, _nothing, self._refused)

        menu = ScreenMenu(screens, self._teller, wall)
        menu.picked.connect(lambda name: order(lambda: desk.send(asked_by, name, shown)))
        menu.cleared.connect(lambda name: order(lambda: desk.clear(asked_by, name)))
        menu.popup(wall.mapToGlobal(wall.rect().center()))

    @Slot()
    def _open_wall(self) -> None:
        """Open another wall because somebody pressed the key; a locked seat opens none."""
        if self._actor is None or self._wall is None or self._lock.is_locked or not self._cameras:
            return
        number = self._walls.open(tuple(self._cameras.values()))
        if number is None:
            self.window.show_line(Told(N_("This seat has as many screens as it may have.")))
        else:
            self._keep_wall(number, self._walls.pages[number].state.wall)

    # ---- locking, and handing the seat to somebody else ------------------------------------------------------

    @Slot()
    def _lock_by_key(self) -> None:
        self._cover_up("key")

    @Slot()
    def _lock_when_idle(self) -> None:
        self._cover_up("idle")

    def _cover_up(self, why: LockedFor) -> None:
        if self._actor is None:
            return
        self._idle.end()
        for turning in self._turnings.values():
            turning.leave()
        if self._listening is not None:
            self._listening.end()
        if self._pages is not None:
            self._pages.talk.lock()
            self._pages.directory.close_up()
        self._lock.lock(self._actor, why, self._wall)
        self._walls.lock()

    @Slot(Actor)
    def _unlocked(self, actor: Actor) -> None:
        """Go on; whose role or places were changed meanwhile gets pages that fit them."""
        self._walls.unlock()
        if actor == self._actor:
            self._standing.begin(actor)
            self._idle.begin()
        else:
            self._leave()
            self._signed_in(actor)

    @Slot()
    def _hand_over(self) -> None:
        """Sign out and ask who sits here now; the station, the window and the line to it stay."""
        actor = self._actor
        if actor is not None:
            self._desk.ask(lambda: self._sign_in.sign_out(actor), _nothing, self._refused)
        self._leave()
        self._login.deleteLater()
        self._login = self._new_login()
        self.window.cover(self._login)

    def _end_turning(self, *numbers: int) -> None:
        """Let go of what is turned at these walls, or at all."""
        for number in numbers or tuple(self._turnings):
            turning = self._turnings.pop(number, None)
            if turning is not None:
                turning.leave()
                self._words.forget(turning.retranslate)

    def _leave(self) -> None:
        """Take away everything that was made for one person."""
        for keeper in self._keepers.values():
            keeper.close()
        self._keepers.clear()
        self._idle.end()
        self._standing.end()
        self._looking.stop()
        self._end_turning()
        if self._listening is not None:
            self._listening.end()
            self._listening.deleteLater()
        if self._ill is not None:
            self._ill.leave()
            self._ill.deleteLater()
        if self._pictures is not None:
            self._pictures.close()
            self._pictures.deleteLater()
        if self._pages is not None:
            self._pages.talk.lock()
            self._pages.zones.end_trial()
        if self._person_desk is not None and self._person is not None:
            self._person_desk.close(waits=False)  # a long check of the audit must not hold the next person up
            self._person.deleteLater()
        self._replays.close_all()
        self._lock.forget_waiting()
        self._walls.end()
        self.window.remove_pages()
        self._person = self._person_desk = None
        self._self_ended.forget()
        self._actor = self._wall = self._wall_room = self._pictures = self._pages = self._listening = self._ill = None
        self._rooms, self._cameras, self._on_air_camera = {}, {}, ""
        self._queue, self._are_walls_back = ((), 0), False
        self._not_ours = set()

    # ---- the pages behind the wall ---------------------------------------------------------------------------

    @Slot()
    def _bring_pages(self) -> None:
        """Import the pages' module off the GUI thread: it takes half a second of work."""
        if not self._are_pages_asked:
            self._are_pages_asked = True
            self._desk.fetch(self._import_pages, self._pages_came, self._refused)

    def _import_pages(self) -> "tuple[type[Pages], Papers]":
        module = importlib.import_module(LATER_PAGES)
        return module.Pages, module.Papers(self._site, self._desks)

    def _pages_came(self, makings: "tuple[type[Pages], Papers]") -> None:
        self._makings = makings
        if self._actor is not None:
            self._make_pages()

    def _make_pages(self) -> None:
        if self._makings is None or self._actor is None or self._pages is not None:
            return
        kind, papers = self._makings
        # All that is made for one person hangs on these two, and goes with them.
        self._person, self._person_desk = QWidget(self.window), Desk(self)
        self._person.hide()
        self._person_desk.stumbled.connect(self._stumbled)
        pages = kind.build(
            site=self._site,
            desks=self._desks,
            papers=papers,
            actor=self._actor,
            desk=self._person_desk,
            teller=self._teller,
            link=self._link,
            replays=self._replays,
            sign_in=self._sign_in,
            live_picture=self._live_picture,
            main_stills=self._stills,
            parent=self._person,
        )
        self._pages = pages
        for told in self._ptz.values():
            pages.tours.note_ptz(told)
        if self._listening is not None:
            pages.clips.listen_asked.connect(self._listening.switch_clip)
        pages.review.speak_asked.connect(self._arm)
        pages.cases.evidence_asked.connect(self._open_evidence)
        for page in (
            pages.evidence, pages.health, pages.settings, pages.shift, pages.cases, pages.review, pages.accounts,
            pages.audit, pages.recordings, pages.onboarding, pages.tours, pages.zones,
            pages.learning, pages.bays,
        ):  # fmt: skip
            page.left.connect(self.window.go_back)
        pages.own_password.changed.connect(self._tell_own_password)
        pages.settings.language_wanted.connect(self._words.speak)
        pages.settings.text_size_wanted.connect(self._set_text_size)
        pages.talk.on_air_changed.connect(self._on_air_changed)
        pages.health.note_changes(self._health_changes)
        if self._ill is not None:
            self._ill.serve_page(pages.health)
        actor = self._actor
        self._person_desk.fetch(lambda: papers.shifts.current(actor), self._shift_came, self._refused)
        self.window.set_talk_bar(pages.talk)
        if self._wall_room is not None:
            self._wall_room.take_panel(pages.directory)
            pages.directory.opened.connect(self._open_on_wall)
            pages.directory.meant.connect(self._meet_one)
            pages.directory.zones_asked.connect(self._open_zones)
            pages.directory.left.connect(self._back_to_wall)
            self._person_desk.fetch(lambda: self._desks.directory.prepare(actor), _nothing, self._refused)
        for name, room in self._rooms.items():
            room.fill(getattr(pages, name))
        _log.info("every page is made")

    def _live_picture(self, camera_id: CameraId) -> QImage:
        pictures = (wall.live_picture(camera_id) for wall in self._walls.pages.values())
        return next((picture for picture in pictures if not picture.isNull()), QImage())

    def _read_wall(self) -> None:
        actor = self._actor
        if actor is None or self._wall is None or not actor.may(Verb.WATCH):
            return
        known = [CameraId(name) for name in self._cameras]
        self._not_ours.clear()

        def read() -> tuple[Actor, Sequence[Camera], Mapping[int, Wall]]:
            """Read the walls and only the cameras on them, or met: a city's directory stays where it is."""
            walls = {MAIN: self._desks.wall.wall(actor), **self._desks.wall.further_walls(actor)}
            shown = [name for wall in walls.values() for name in wall.cameras if name is not None]
            return actor, self._desks.wall.named(actor, [*shown, *known]), walls

        self._desk.fetch(read, self._wall_came, self._refused)

    def _wall_came(self, found: tuple[Actor, Sequence[Camera], Mapping[int, Wall]]) -> None:
        asked_by, cameras, walls = found
        if asked_by != self._actor:
            return  # somebody else sits here now, and may see other places
        met = self._cameras.keys() - {camera.camera_id for camera in cameras}  # while this was read
        self._cameras = {camera.camera_id: camera for camera in cameras}
        self._meet(met)
        if self._wall is not None and self._pictures is not None:
            self._pictures.allow(camera.camera_id for camera in cameras)
            for number, page in self._walls.pages.items():
                page.show_cameras(cameras, walls.get(number))
            if not self._are_walls_back:
                self._are_walls_back = True
                self._walls.restore(walls, cameras)

    @Slot(frozenset)
    def _meet(self, camera_ids: Collection[str], then: Callable[[], None] | None = None) -> None:
        """Learn of cameras that are not on a wall: a stream told of them, or somebody is about to show them."""
        actor, new = self._actor, [CameraId(name) for name in camera_ids if name not in self._cameras]
        if actor is None or self._wall is None or not (new or then):
            return

        def came(found: Sequence[Camera]) -> None:
            if actor != self._actor or self._wall is None or self._pictures is None:
                return  # somebody else sits here now
            if found:
                self._cameras |= {camera.camera_id: camera for camera in found}
                self._pictures.allow(CameraId(name) for name in self._cameras)
                for page in self._walls.pages.values():
                    page.show_cameras(tuple(self._cameras.values()), page.state.wall)
            self._not_ours |= set(new) - self._cameras.keys()
            if then is not None:
                then()

        self._desk.fetch(lambda: self._desks.wall.named(actor, new) if new else (), came, self._refused)

    def _keep_wall(self, number: int, wall: Wall) -> None:
        actor = self._actor
        assert actor is not None
        desk = self._desks.wall
        if number == MAIN:
            self._desk.ask(lambda: desk.keep(actor, wall), _nothing, self._refused)
        else:
            self._desk.ask(lambda: desk.keep_further(actor, number, wall), _nothing, self._refused)

    # ---- what pages ask of each other ------------------------------------------------------------------------

    @Slot(str)
    def _arm(self, camera_id: str) -> None:
        camera = self._cameras.get(camera_id)
        if camera is not None and self._pages is not None:
            self._pages.talk.arm(camera)

    @Slot(str)
    def _record(self, camera_id: str) -> None:
        actor = self._actor
        assert actor is not None
        self._desk.ask(
            lambda: self._desks.recordings.record(actor, self._link, CameraId(camera_id)), _nothing, self._refused
        )

    @Slot(str)
    def _end_recording(self, camera_id: str) -> None:
        actor = self._actor
        assert actor is not None
        self._desk.ask(
            lambda: self._desks.recordings.stop(actor, self._link, CameraId(camera_id)), _nothing, self._refused
        )

    @Slot(str)
    def _acknowledge(self, alarm_id: str) -> None:
        actor = self._actor
        assert actor is not None
        self._desk.ask(
            lambda: self._desks.review.acknowledge(actor, AlarmId(alarm_id)), self._acknowledged, self._refused
        )

    def _acknowledged(self, _: None) -> None:
        self._link.nudge("alarms", ())

    @Slot(str)
    def _open_evidence(self, evidence_id: str) -> None:
        if self._pages is not None:
            self._pages.evidence.open_item(evidence_id)
            self.window.show_page("evidence")

    @Slot(SoundState)
    def _player_heard(self, state: SoundState) -> None:
        self._note_player_sound(state.player_id, state)

    @Slot(str)
    def _player_silent(self, player_id: str) -> None:
        self._note_player_sound(player_id, None)

    def _note_player_sound(self, player_id: str, state: SoundState | None) -> None:
        self._replays.note_sound(player_id, state)
        if self._pages is not None:
            self._pages.clips.note_sound(player_id, state)

    def _replay(self, wall: WallPage, wishes: tuple[ReplayWish, ...], at: datetime) -> None:
        """Play the last minutes of cameras beside a live wall, once it is written down who looks."""
        actor = self._actor
        assert actor is not None
        names = [wish.camera_id for wish in wishes]

        def granted(_: None) -> None:
            if wall in self._walls.pages.values():
                wall.show_replay(self._replays.open(wishes, at))

        def refused(refusal: Refusal) -> None:
            if wall in self._walls.pages.values():
                wall.end_replay()
            self._refused(refusal)

        self._desk.ask(
            lambda: self._desks.recordings.look_back(actor, names, min(wish.from_at for wish in wishes)),
            granted,
            refused,
        )

    @Slot(str)
    def _open_history(self, camera_id: str) -> None:
        """Show what was recorded of a camera, from a minute ago on."""
        if self._pages is not None and "recordings" in self._rooms:
            self._pages.recordings.open_at(camera_id, self._site.clock.now() - ONE_MINUTE)
            self.window.show_page("recordings")

    @Slot(str)
    def _open_zones(self, camera_id: str) -> None:
        """Show a camera's rules and zones, to who may change them."""
        if self._pages is None:
            return
        if "zones" not in self._rooms:
            self.window.show_line(Told(N_("Your role may not change zones. Ask an administrator.")))
            return
        self._pages.zones.open_camera(camera_id)
        self.window.show_page("zones")

    @Slot(str)
    def _page_shown(self, page_id: str) -> None:
        _log.info("page %s", page_id)

    @Slot(str)
    def _on_air_changed(self, camera_id: str) -> None:
        if self._on_air_camera and self._on_air_camera != camera_id:
            for wall in self._walls.pages.values():
                wall.note_on_air(self._on_air_camera, None)
        self._on_air_camera = camera_id

    @Slot(int)
    def _set_text_size(self, per_cent: int) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.set_text_size(application, per_cent)
        if self._pages is not None:
            self._pages.settings.show_text_size(per_cent)

    @Slot(bool)
    def _full_screen_changed(self, is_full: bool) -> None:
        if self._wall is not None:
            self._wall.show_clock(is_shown=is_full)

    @Slot()
    def _tell_own_password(self) -> None:
        """Let the other seats of this person ask for the new password."""
        self._standing.note_own_change()
        if self._actor is not None:
            try:
                self._link.send(Nudge(topic="accounts", ids=(self._actor.account_id, self._seat_id)))
            except Unavailable as cause:
                _log.warning("other seats do not hear of a new password: %s", cause)

    def _lock_for_new_password(self, nudge: Nudge) -> None:
        """Ask for the password again where somebody sits whose password was changed at another seat."""
        actor = self._actor
        if actor is not None and nudge.ids[:1] == (actor.account_id,) and nudge.ids[1:] != (self._seat_id,):
            self._lock_for_changed_password()

    @Slot()
    def _lock_for_changed_password(self) -> None:
        self._cover_up("password_changed")

    @Slot(str)
    def _stumbled(self, number: str) -> None:
        self.window.show_line(
            Told(N_("This did not finish; noted as {number}. Nothing else is affected."), {"number": number})
        )

    # ---- looking for what news did not tell ------------------------------------------------------------------

    @Slot()
    def _look(self) -> None:
        actor = self._actor
        told = {state.camera_id for state, _ in self._streams.values()}
        if strangers := told - self._cameras.keys() - self._not_ours:
            self._meet(strangers)
        if actor is not None and actor.may(Verb.REVIEW):
            self._desk.fetch(
                lambda: (actor, self._desks.review.queue(actor), self._desks.review.raised(actor, TEN_MINUTES)),
                self._queue_came,
                self._refused,
            )

    def _queue_came(self, found: tuple[Actor, Sequence[AlarmRow], int]) -> None:
        asked_by, rows, raised = found
        if asked_by != self._actor:
            return
        self._lock.note_waiting(len(rows))
        if strangers := {row.camera_id for row in rows if row.camera_id} - self._cameras.keys() - self._not_ours:
            self._meet(strangers)  # an alarm's camera may be wanted on the wall
        if self._wall is not None:
            self._self_ended.note(asked_by, rows)
            self.window.show_line(self._trouble or self._self_ended.line or self._walls.line)
            self._queue = (rows, raised)
            for wall in self._walls.pages.values():
                wall.note_alarms(rows, raised)

    def _refused(self, refusal: Refusal) -> None:
        self.window.show_line(Told(refusal.sentence, refusal.values))

    # ---- what the station says -------------------------------------------------------------------------------

    @Slot(object)
    def _hear(self, message: object) -> None:
        if self._is_closed:
            return
        if isinstance(message, bool):
            self._note_station(is_there=message)
            return
        if message is None or isinstance(message, Unavailable):
            self._note_trouble(message)
            return
        if isinstance(message, Health):
            self._take_health(message)
        wall, pictures, pages = self._wall, self._pictures, self._pages
        match message:
            case Arranged() if pictures is not None:
                pictures.take_arranged(message)
            case StreamState() if pictures is not None:
                pictures.take_state(message)
                self._streams[message.stream_id] = (message, self._site.clock.now())
                if pages is not None and message.camera_id == pages.onboarding.camera_id:
                    pages.onboarding.take_stream(message)
            case SoundState() if self._listening is not None:
                self._listening.take(message)
            case RuleHit() if pages is not None and message.camera_id == pages.onboarding.camera_id:
                pages.onboarding.take_hit(message.hit_id)
            case Seen():
                if pages is not None and message.camera_id == pages.onboarding.camera_id:
                    pages.onboarding.take_seen(message)
                if pages is not None:
                    pages.bays.note_seen(message)
                for shown in self._walls.pages.values():
                    shown.note_seen(message)
            case PtzState():
                for turning in self._turnings.values():
                    turning.take(message)
                self._ptz[message.camera_id] = message
                if pages is not None:
                    pages.tours.note_ptz(message)
            case PresetsListed() if pages is not None:
                pages.tours.take_presets(message)
            case ReplayState():
                self._replays.take(message)
            case PlayerOpened() if self._replays.has(message.player_id):
                self._replays.take(message)
            case RequestFailed() if self._replays.has(message.request_id):
                self._replays.take(message)
            case PlayerOpened() | PlayerState() if pages is not None:
                pages.clips.take(message)
            case StillTaken():
                self._stills.hear(message)
            case RequestFailed() if self._stills.hear(message):
                pass
            case RequestFailed() if pages is not None:
                if not pages.recordings.note_failed(message.request_id, message.reason):
                    pages.clips.take(message)
            case DevicesFound() if pages is not None:
                pages.onboarding.take_found(message.request_id, message.devices)
            case DeviceAnswered() if pages is not None:
                pages.onboarding.take_device(message)
            case TrialOpened() if pages is not None:
                pages.onboarding.take_trial(message.request_id, slot_at(message.slot_path))
            case TalkState() if pages is not None and wall is not None:
                self._take_talk(message, pages, wall)
            case HealthHistory():
                self._health_changes = change_lines(message)
                if pages is not None:
                    pages.health.note_changes(self._health_changes)
            case Nudge() if self._actor is not None:
                self._take_nudge(message, pages)
            case _:
                pass

    def _note_station(self, *, is_there: bool) -> None:
        if self._pictures is not None:
            self._pictures.note_station(is_there=is_there)
        if not is_there:
            self._streams.clear()
            self._ptz.clear()
            for turning in self._turnings.values():
                turning.note_lost_station()
            self._replays.note_lost_station()
            if self._listening is not None:
                self._listening.note_lost_station()
            if self._pages is not None:
                self._pages.review.note_sight(None)
                self._pages.clips.note_lost_station()
                self._pages.onboarding.note_lost_station()

    def _note_trouble(self, why: Unavailable | None) -> None:
        """Say why the station is away, for as long as it is."""
        self._trouble = Told(why.sentence, why.values) if why is not None else ""
        self.window.show_line(self._trouble)

    def _shift_came(self, shift: Shift | None) -> None:
        if shift is not None and self._pages is not None:
            self._pages.health.note_shift(shift.began_at)

    def _take_health(self, message: Health) -> None:
        now = self._site.clock.now()
        lines = health_lines(message)
        for bar in (self.window.health_bar, *(window.health_bar for window in self._walls.windows)):
            bar.note(lines, now)
        if self._pages is None:
            return
        # A stream of which the station says nothing any more was closed; what it was last is nobody's business.
        self._streams = {name: told for name, told in self._streams.items() if now - told[1] <= STREAM_FORGOTTEN_AFTER}
        streams = [state for state, _ in self._streams.values()]
        blind = {state.camera_id: state for state in streams if state.condition != "live"}
        not_seen = tuple(
            UnseenCamera(
                number=camera.number, name=camera.name, why=Told(CONDITION_WORDS[state.condition]), since=state.since
            )
            for camera_id, state in blind.items()
            if (camera := self._cameras.get(camera_id)) is not None
        )
        not_watched = tuple(
            UnseenCamera(number=camera.number, name=camera.name, why=why, since=since)
            for camera_id, why, since in unwatched_cameras(message)
            if camera_id not in blind and (camera := self._cameras.get(camera_id)) is not None
        )
        self._tell_states()
        self._pages.health.note(lines, now, worker_lines(message))
        self._pages.health.note_unseen(not_seen + not_watched)
        # Of a camera that no stream has told anything, nobody may say that it is watched.
        known = len({state.camera_id for state in streams} & self._cameras.keys())
        self._pages.review.note_sight(Sight(cameras=known, unseen=len(not_seen)) if known else None)

    def _take_talk(self, state: TalkState, pages: "Pages", wall: WallPage) -> None:
        pages.talk.note_talk(
            state.session_id, state.condition, state.elapsed_s, state.level_dbfs, dict(state.reached), state.reason
        )
        if self._on_air_camera:
            is_on_air = state.condition == "on_air"
            for shown in self._walls.pages.values():
                shown.note_on_air(self._on_air_camera, state.elapsed_s if is_on_air else None)

    def _take_nudge(self, nudge: Nudge, pages: "Pages | None") -> None:
        """Pages that are still to be made will read everything themselves."""
        now = self._site.clock.now()
        if nudge.topic in ("alarms", "evidence") and self._wall is not None:
            self._look()
        if nudge.topic == "accounts":
            self._lock_for_new_password(nudge)
        if nudge.topic == "settings":
            self._read_wall()
            if pages is not None:
                pages.directory.note_changed()
            if self._wall is not None:
                for wall in self._walls.pages.values():
                    wall.ask_again()  # the station may have answered before it knew its cameras
        if self._ill is not None and nudge.topic in ("sight", "cases", "settings"):
            self._ill.read()
        if pages is None:
            return
        if nudge.topic == "sight":
            pages.directory.note_ill()
        if nudge.topic in ("bays", "settings"):
            pages.bays.note_changed()
        match nudge.topic:
            case "alarms" | "evidence":
                pages.recordings.note_evidence(nudge.ids)
                pages.review.note_news(AlarmsChanged(at=now, alarm_ids=nudge.ids))
                pages.cases.note_news(AlarmsChanged(at=now, alarm_ids=nudge.ids))
            case "cases" | "rechecks" | "talk" | "outbox":
                pages.cases.note_news(CasesChanged(at=now, case_ids=nudge.ids))
                pages.review.note_news(CasesChanged(at=now, case_ids=nudge.ids))


def _nothing(_: object) -> None:
    """The answer to what needs none."""
