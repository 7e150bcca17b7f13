"""Takes the pictures of the documents from the running demo: ``python tests/desktop/pictures.py [--language zh|en]``.

Not a test: a person looks at what comes out. It needs Xvfb, openbox, xdotool and ImageMagick (Debian's names are the
same), starts the demo in a data folder of its own on a screen of its own, drives it by its keys, answers for the
department by its page's form, and writes ``docs/pictures/NAME.LANGUAGE.png``. Everything it started it ends.

Long because it is one way through the whole program, with the screen that it needs.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import psutil
import requests

from console.application.alarm_review import Filing
from console.application.onboarding_desk import RULE_KINDS, ModelLabels, offered_rules
from console.application.read_models import AlarmRow
from console.application.sign_in import SignIn
from console.demo.site import PASSWORD
from console.desks import Desks
from console.domain.accounts import Actor
from console.domain.alarms import DismissReason
from console.domain.cases import RecheckAnswer
from console.domain.evidence import EvidenceKind
from console.domain.ids import AlarmId, CaseId, SeatId
from console.domain.rules import RuleFamily
from console.domain.walls import Layer
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.site_models import SiteModels
from console.site import Site

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs/pictures"
WIDTH, HEIGHT = 1920, 1080
LOCALES = {"zh": "zh_CN", "en": "en"}
LARGEST = 400_000  # of a picture, in bytes
HEAT_KEYS = (*["Down"] * list(Layer).index(Layer.HEAT), "Return")  # in the list of layers
ON_AIR = (0xDF, 0x7E, 0xC6)  # `air` of the palette
WINDOW_WITHIN_S, STEP_WITHIN_S = 300.0, 180.0
LOOK_EVERY_S = 0.5
TRIED_WITHIN_S = 120.0
FOOTAGE = ROOT.parent / "shared/media"
PARKED = "suburb-parked-cars.mp4"  # cars wait in a lane and drive on
ANSWERS_OF_EACH = 24  # a few more than the first lesson needs
ANSWERED_WITHIN_S, LEARNT_WITHIN_S = 900.0, 1200.0  # the first lesson has patience for ten minutes
CROSSING = next(kind for kind in RULE_KINDS if kind.family is RuleFamily.LINE_CROSSING)
SETTLE_S = 2.0  # pages read their lists, clips show their first pictures
FOLDER = "citydesk-pictures-"
NO_FRAMES = """<openbox_config xmlns="http://openbox.org/3.4/rc"><applications>
<application class="*"><decor>no</decor></application></applications></openbox_config>"""

# A table as somebody might bring one: two good lines, a number that is there twice, and one without an address.
TABLE = """编号,名称,主码流,标签
B-01,滨江路口,rtsp://10.0.0.1/main,重点
B-02,滨江公园,rtsp://10.0.0.2/main,
B-01,滨江码头,rtsp://10.0.0.3/main,
B-04,滨江车站,,
"""
Found = TypeVar("Found")


class NoPicture(Exception):
    """What was to be in the picture did not come."""


def main(arguments: list[str]) -> int:
    """Take the pictures of one language, or of both."""
    parser = argparse.ArgumentParser(prog="pictures.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--language", choices=tuple(LOCALES), action="append")
    parser.add_argument("--only-login", action="store_true")
    parser.add_argument("--only-walls", action="store_true")
    parser.add_argument("--only-rules", action="store_true", help="what was learnt, which takes a quarter of an hour")
    parser.add_argument("--only-zones", action="store_true")
    parser.add_argument("--only-bays", action="store_true")
    parser.add_argument(
        "--size", default=f"{WIDTH}x{HEIGHT}", help="of the screen; another than the documents' is for looking"
    )
    parser.add_argument("--scale", default="1", help="how many pixels a logical one has")
    parser.add_argument("--into", type=Path, default=PICTURES)
    chosen = parser.parse_args(arguments)
    chosen.into.mkdir(parents=True, exist_ok=True)
    width, height = map(int, chosen.size.split("x"))
    if chosen.only_rules:
        with tempfile.TemporaryDirectory(prefix=FOLDER) as folder, screen(Path(folder), chosen.size) as display:
            os.environ["CITYDESK_DATA"] = folder
            environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": chosen.scale}
            watch(environment, View(width, height, chosen.into), chosen.language or list(LOCALES))
        return 0
    for language in chosen.language or LOCALES:
        with tempfile.TemporaryDirectory(prefix=FOLDER) as folder, screen(Path(folder), chosen.size) as display:
            os.environ["CITYDESK_DATA"] = folder
            environment = {
                **os.environ,
                "DISPLAY": display,
                "QT_QPA_PLATFORM": "xcb",
                "CITYDESK_LANGUAGE__DEFAULT": LOCALES[language],
                "QT_SCALE_FACTOR": chosen.scale,
            }
            made = View(width, height, chosen.into)
            if not chosen.only_walls and not chosen.only_login and not chosen.only_zones:
                with demo(environment, made, "--login", "--footage", str(one_clip(Path(folder), PARKED))) as seat:
                    park(seat, language)
            if chosen.only_bays:
                continue
            if not chosen.only_walls and not chosen.only_login:
                with demo(environment, made, "--login") as seat:
                    try_zones(seat, language, Path(folder))
            if chosen.only_zones:
                continue
            if not chosen.only_login:
                with demo(environment, made) as seat:
                    Tour(seat, language).go(only_walls=chosen.only_walls)
            if chosen.only_walls:
                continue
            with demo(environment, made, "--login") as seat:
                time.sleep(SETTLE_S * 2)  # what waits stands under the form when the station has told
                seat.keep("login", language)
                administer(seat, language, Path(folder))
    return 0


def wait_for(what: str, within_s: float, look: Callable[[], Found | None]) -> Found:
    """Return what ``look`` finds; it is asked twice a second."""
    give_up_s = time.monotonic() + within_s
    while time.monotonic() < give_up_s:
        found = look()
        if found:
            return found
        time.sleep(LOOK_EVERY_S)
    raise NoPicture(f"{what}: not within {within_s:.0f} s")


# ---- the screen and the window -------------------------------------------------------------------------------


@contextlib.contextmanager
def screen(folder: Path, size: str) -> Iterator[str]:
    """Run an X server without a monitor and a window manager, which gives windows the focus."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with open(reading, encoding="ascii") as answer:
            display = f":{answer.readline().strip()}"
        rules = folder / "openbox.xml"
        rules.write_text(NO_FRAMES, encoding="utf-8")
        manager = subprocess.Popen(
            ["openbox", "--config-file", str(rules)],
            env={**os.environ, "DISPLAY": display},
            stderr=subprocess.DEVNULL,
        )
        try:
            yield display
        finally:
            manager.terminate()
            manager.wait()
    finally:
        server.terminate()
        server.wait()


@dataclass(frozen=True, slots=True)
class View:
    """How large the screen is, in pixels, and where its pictures go."""

    width: int
    height: int
    into: Path


@dataclass(frozen=True, slots=True)
class Seat:
    """The window of a running demo. ``pid`` is the demo's own."""

    window: str
    environment: dict[str, str]
    view: View
    pid: int

    def press(self, *keys: str) -> None:
        for key in keys:
            self._xdotool("key", key)
            time.sleep(LOOK_EVERY_S)

    def write(self, text: str) -> None:
        self._xdotool("type", "--delay", "20", text)

    def look(self) -> np.ndarray:
        """Return the window's picture, RGB, uint8, shape (height, width, 3)."""
        raw = self._run("import", "-window", self.window, "-depth", "8", "ppm:-")
        _, size, _, pixels = raw.split(b"\n", 3)
        width, height = map(int, size.split())
        return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)

    def keep(self, name: str, language: str) -> None:
        """Write the window's picture, in so few colours that it stays small."""
        file = self.view.into / f"{name}.{language}.png"
        raw = self._run("import", "-window", self.window, "png:-")
        for colours in (256, 128, 64, 32):
            command = ["convert", "png:-", "-dither", "None", "-colors", str(colours), "-strip", f"png8:{file}"]
            subprocess.run(command, input=raw, check=True)
            if file.stat().st_size <= LARGEST:
                break
        print(f"{file.name}  {file.stat().st_size // 1000} kB, {colours} colours", flush=True)

    def fit(self) -> None:
        """Give the window the focus; it opens as large as the screen, because nothing decorates it."""
        self._xdotool("windowactivate", "--sync", self.window)
        wait_for("a window as large as the screen", 30.0, lambda: self.look().shape == self._shape)

    @property
    def _shape(self) -> tuple[int, int, int]:
        return self.view.height, self.view.width, 3

    def _xdotool(self, *words: str) -> None:
        self._run("xdotool", *words)

    def _run(self, *command: str) -> bytes:
        return subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, check=True).stdout


@contextlib.contextmanager
def demo(environment: dict[str, str], view: View, *words: str) -> Iterator[Seat]:
    """Run the demo until its picture has been taken; Ctrl-C's gentler brother ends it."""
    running = subprocess.Popen([sys.executable, "-m", "console", "demo", *words], cwd=ROOT, env=environment)
    try:

        def window() -> str:
            if running.poll() is not None:
                raise NoPicture(f"the demo ended with {running.returncode}")
            command = ["xdotool", "search", "--onlyvisible", "--class", "citydesk"]
            found = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False).stdout
            return next(iter(found.split()), "")

        name = wait_for("the window", WINDOW_WITHIN_S, window)
        seat = Seat(name, environment, view, running.pid)
        seat.fit()
        yield seat
    finally:
        running.terminate()
        running.wait()


# ---- the way through the main job ----------------------------------------------------------------------------


class Tour:
    """The main job by its keys, with a picture wherever there is something to see."""

    def __init__(self, seat: Seat, language: str) -> None:
        self._seat, self._language = seat, language
        self._site = Site.open("demo")

    def go(self, *, only_walls: bool = False) -> None:
        try:
            self._raise_alarm()
            self._walls()
            if only_walls:
                return
            self._review()
            case_id = self._file()
            self._talk()
            self._handle(case_id)
            self._shift()
        finally:
            self._site.close()

    def _keep(self, name: str) -> None:
        self._seat.keep(name, self._language)

    def _raise_alarm(self) -> None:
        self._alarm = wait_for("an alarm", STEP_WITHIN_S, self._first_alarm)
        self._seat.press("F2")
        time.sleep(SETTLE_S)
        self._keep("wall")

    def _walls(self) -> None:
        """Keep the wall at 1, 9, 16 and 64 tiles, a tile enlarged and looked at closely, and the list of layouts."""
        for count in ("64", "16", "9", "1"):
            self._seat.press("l", *count)
            time.sleep(2 * SETTLE_S)
            self._keep(f"wall-{count}")
        self._seat.press("l", "9")
        time.sleep(SETTLE_S)
        self._seat.press("1", "Return", "plus", "plus", "plus")
        time.sleep(2 * SETTLE_S)
        self._keep("wall-enlarged")
        self._seat.press("0", "Escape", "l")
        time.sleep(SETTLE_S)
        self._keep("wall-layouts")
        self._seat.press("Escape")
        self._heat()
        self._past()
        self._faults()

    def _heat(self) -> None:
        """Keep the watched camera alone with where people stay, of the last half minute."""
        self._seat.press("o", *HEAT_KEYS, "Escape", "l", "1")
        time.sleep(15 * SETTLE_S)
        self._keep("heat")
        self._seat.press("o", *HEAT_KEYS, "Escape", "l", "9")

    def _past(self) -> None:
        """Keep the last half minute beside the live picture, and the page for recordings."""
        self._seat.press("1", "j")
        time.sleep(3 * SETTLE_S)
        self._keep("wall-replay")
        self._seat.press("Escape", "h")
        time.sleep(4 * SETTLE_S)
        self._keep("recordings")
        self._seat.press("F2")

    def _faults(self) -> None:
        """Keep a wall whose cameras say nothing any more, and one place of which is empty."""
        cameras = [one for one in psutil.Process(self._seat.pid).children() if "demo-cameras" in one.cmdline()]
        self._seat.press("9", "Delete", "1")
        for process in cameras:
            process.suspend()
        try:
            time.sleep(4 * SETTLE_S)  # more than the 5 s after which a picture is stale
            self._keep("wall-faults")
        finally:
            for process in cameras:
                process.resume()
        self._seat.press("u")

    def _first_alarm(self) -> AlarmId | None:
        rows = self._site.queries.alarm_queue(self._site.clock.now(), 10)
        return AlarmId(rows[0].alarm_id) if rows else None

    def _review(self) -> None:
        wait_for("the alarm's clip", STEP_WITHIN_S, self._has_clip)
        self._seat.press("F3", "Return")
        time.sleep(3 * SETTLE_S)
        self._keep("review")

    def _has_clip(self) -> bool:
        items = self._site.queries.alarm_card(self._alarm).evidence
        return any(item.kind is EvidenceKind.CLIP for item in items)

    def _file(self) -> CaseId:
        self._seat.press("y")
        time.sleep(SETTLE_S)
        self._keep("review-confirmed")
        self._seat.press("Return")
        rows = wait_for("a case", STEP_WITHIN_S, lambda: self._site.queries.case_list(1))
        return CaseId(rows[0].case_id)

    def _talk(self) -> None:
        self._seat.press("F2", "1", "t")
        time.sleep(SETTLE_S)
        self._seat.press("1")
        wait_for("a voice on air", STEP_WITHIN_S, self._is_on_air)
        time.sleep(SETTLE_S)
        self._keep("talk")
        wait_for("the end of the sentence", STEP_WITHIN_S, lambda: not self._is_on_air())
        self._seat.press("Escape")

    def _is_on_air(self) -> bool:
        """Tell whether the colour that only a voice going out may have is on the screen."""
        return int(np.all(self._seat.look() == np.array(ON_AIR, np.uint8), axis=2).sum()) > 2000

    def _handle(self, case_id: CaseId) -> None:
        facts = wait_for("the department's request", STEP_WITHIN_S, self._request)
        street = {"says": "done", "text": "车辆已驶离，现场清空。", "street_is_clear": "yes"}
        photo = {"photo": ("photo.jpg", self._photo(), "image/jpeg")}
        answer = f"{facts[0]}/answer/{facts[1]}"
        requests.post(answer, data=street, files=photo, timeout=10, allow_redirects=False).raise_for_status()
        self._seat.press("F4", "Return")
        wait_for("the camera's second look", STEP_WITHIN_S, lambda: self._looked_again(case_id))
        time.sleep(3 * SETTLE_S)
        self._keep("case")
        self._seat.press("1", "y")
        wait_for("the closed case", STEP_WITHIN_S, lambda: self._site.queries.case_list(1)[0].closed_at)
        time.sleep(SETTLE_S)
        self._keep("case-closed")

    def _request(self) -> tuple[str, str] | None:
        """Return the department's address and the id of its newest request, from its own API."""
        address = str(self._told("department")["base_url"])
        found = requests.get(f"{address}/open311/v2/requests.json", timeout=10).json()
        return (address, str(found[0]["service_request_id"])) if found else None

    def _told(self, neighbour: str) -> dict[str, Any]:
        """Return what a process of the demo said of itself when it was ready."""
        told: dict[str, Any] = json.loads((self._site.paths.data / f"demo/{neighbour}.json").read_text("utf-8"))
        return told

    def _photo(self) -> bytes:
        """Return the department's photo of the street: a picture of the footage in which the van has gone."""
        before = str(self._told("cameras")["cameras"]["01"]["main_file"])
        clip = cv2.VideoCapture(before.replace("-01-main", "-01-main-after"))
        is_read, picture = clip.read()
        clip.release()
        assert is_read
        height, width = picture.shape[:2]
        is_written, jpeg = cv2.imencode(".jpg", picture[: height // 2, width // 2 :])
        assert is_written
        return jpeg.tobytes()

    def _looked_again(self, case_id: CaseId) -> bool:
        looks = self._site.queries.case_page(case_id).rechecks
        return bool(looks) and looks[-1].answer is RecheckAnswer.CLEARED

    def _shift(self) -> None:
        self._seat.press("F7")
        time.sleep(2 * SETTLE_S)
        self._keep("shift")
        self._seat.press("F9")
        time.sleep(SETTLE_S)
        self._keep("health")


def administer(seat: Seat, language: str, folder: Path) -> None:
    """Sign in as the demo's administrator and keep what only they are shown."""
    seat.write("admin")
    seat.press("Tab")
    seat.write(PASSWORD)
    seat.press("Return")
    time.sleep(4 * SETTLE_S)
    seat.press("F8", "p")
    time.sleep(SETTLE_S)
    seat.keep("settings", language)
    seat.press("Escape", "ctrl+F7")
    time.sleep(SETTLE_S)
    seat.keep("add-camera", language)
    table = folder / "cameras.csv"
    table.write_text(TABLE, encoding="utf-8")
    seat.press("ctrl+i")
    seat.write(str(table))
    seat.press("Return")
    time.sleep(2 * SETTLE_S)
    seat.keep("cameras-table", language)
    state = json.loads((folder / "demo/demo/cameras.json").read_text("utf-8"))
    seat.press("Escape", "Escape", "ctrl+F7")
    seat.write(str(state["cameras"]["01"]["main"]))
    seat.press("Return", "Return")
    time.sleep(4 * SETTLE_S)
    seat.keep("wizard-picture", language)
    seat.press("Return")
    seat.write("88")
    seat.press("Tab")
    seat.write("A7")
    seat.press("Return")
    time.sleep(2 * SETTLE_S)
    seat.keep("wizard-rules", language)


# ---- what is watched, and what was learnt of it --------------------------------------------------------------


def watch(environment: dict[str, str], made: View, languages: Sequence[str]) -> None:
    """Draw a line as the administrator, answer the alarms that come of it, and see what was learnt as a supervisor."""
    for at, language in enumerate(languages):
        environment["CITYDESK_LANGUAGE__DEFAULT"] = LOCALES[language]
        if at == 0:
            with demo(environment, made, "--login") as seat:
                sign_in(seat, "admin")
                open_zones(seat)
                add_rule(seat, RuleFamily.LINE_CROSSING)
                seat.press("t", "2", "ctrl+Return")  # down the middle of the picture
                answer_alarms()
        with demo(environment, made, "--login") as seat:
            sign_in(seat, "boss")
            seat.press("ctrl+F6")
            wait_for("a lesson", LEARNT_WITHIN_S, has_lesson)
            seat.press("r")
            time.sleep(2 * SETTLE_S)
            seat.keep("learning", language)


def try_zones(seat: Seat, language: str, folder: Path) -> None:
    """Keep the editor with a zone that was just drawn, and with what its rule would have raised on a clip."""
    sign_in(seat, "admin")
    open_zones(seat)
    draw(seat)
    seat.keep("zones", language)
    state = json.loads((folder / "demo/demo/cameras.json").read_text("utf-8"))
    seat.press("f")
    time.sleep(2 * SETTLE_S)
    seat.write(str(state["cameras"]["01"]["main_file"]))
    seat.press("Return")
    log = folder / "demo/logs/seat.log"
    wait_for("what it would have raised", TRIED_WITHIN_S, lambda: b"trial would have raised" in log.read_bytes())
    seat.fit()  # the chooser had the keys
    seat.press("Down")
    time.sleep(SETTLE_S)
    seat.keep("zones-tried", language)


def one_clip(folder: Path, name: str) -> Path:
    """Return a folder with this clip of the labelled footage alone."""
    alone = folder / "footage"
    alone.mkdir()
    shutil.copy(FOOTAGE / name, alone)
    return alone


def park(seat: Seat, language: str) -> None:
    """Draw a row of bays where cars stand and drive off, and keep the page when some have come and gone."""
    sign_in(seat, "admin")
    open_zones(seat)
    add_rule(seat, RuleFamily.BAYS)
    seat.press("p")
    for keys in (("Left", 2, "Up", 4), ("Right", 20, "Down", 16), ("Right", 2, "Up", 6), ("Left", 18, "Up", 12)):
        across, so_far, down, so_deep = keys
        seat.press(*[f"shift+{across}"] * so_far, *[f"shift+{down}"] * so_deep, "space")
    seat.press("Return")
    time.sleep(SETTLE_S)
    seat.keep("zones-bays", language)
    seat.press("ctrl+Return")
    wait_for("two cars that came and went", STEP_WITHIN_S, lambda: stays_ended() >= 2)
    seat.press("ctrl+l")
    time.sleep(SETTLE_S)
    seat.press("Tab", "space")  # the next person
    time.sleep(SETTLE_S)
    sign_in(seat, "op")
    seat.press("ctrl+F4")
    time.sleep(2 * SETTLE_S)
    seat.press("r", "Down")
    time.sleep(2 * SETTLE_S)
    seat.keep("bays", language)


def stays_ended() -> int:
    site = Site.open("demo")
    try:
        with site.units.read() as unit:
            return sum(stay.left_at is not None for stay, _, _ in unit.bays.newest(20))
    finally:
        site.close()


def sign_in(seat: Seat, name: str) -> None:
    seat.write(name)
    seat.press("Tab")
    seat.write(PASSWORD)
    seat.press("Return")
    time.sleep(4 * SETTLE_S)


def open_zones(seat: Seat) -> None:
    """Open the first camera's zones."""
    seat.press("ctrl+F3")
    time.sleep(SETTLE_S)
    seat.write("01")
    time.sleep(SETTLE_S)
    seat.press("Return")
    time.sleep(2 * SETTLE_S)


def add_rule(seat: Seat, family: RuleFamily) -> None:
    """Take the first matter of this family that is offered; its rule is over the whole picture."""
    site = Site.open("demo")
    with site.units.read() as unit:
        known = {category.code: category for category in unit.directory.categories()}
    labels = ModelLabels(frozenset(SiteModels(site.paths.data).shipped_labels()))
    site.close()
    offered = [one.kind.family for one in offered_rules(known, labels)]
    seat.press("n", *["Down"] * (offered.index(family) + 1), "Return")
    time.sleep(SETTLE_S)


def draw(seat: Seat) -> None:
    """Draw a zone in the first camera's picture, where people walk to and fro."""
    add_rule(seat, RuleFamily.INTRUSION)
    across, down = ["shift+Left"] * 8, ["shift+Up"] * 6
    seat.press("p", *across, *down, "space", *["shift+Right"] * 16, "space")
    seat.press(*["shift+Down"] * 16, *["shift+Left"] * 4, "space", *["shift+Left"] * 14, "space", "Return")


def answer_alarms() -> None:
    """Answer those who cross the line as somebody would who minds only who goes to the left."""
    site = Site.open("demo")
    desks = Desks.of(site)
    actor = SignIn(site.units, Argon2PasswordHasher(), site.clock, site.vault).sign_in("op", PASSWORD, SeatId("02"))
    answered: Counter[bool] = Counter()
    give_up_s = time.monotonic() + ANSWERED_WITHIN_S
    try:
        while min(answered[True], answered[False]) < ANSWERS_OF_EACH and time.monotonic() < give_up_s:
            for row in desks.review.queue(actor):
                if row.category == CROSSING.category:
                    answered[answer(desks, actor, row)] += 1
            time.sleep(LOOK_EVERY_S)
    finally:
        site.close()
    print(f"answered {dict(answered)}", flush=True)


def answer(desks: Desks, actor: Actor, row: AlarmRow) -> bool:
    """Claim an alarm and give the verdict; return whether it was confirmed."""
    alarm_id = AlarmId(row.alarm_id)
    desks.review.claim(actor, alarm_id)
    rule = desks.review.card(actor, alarm_id).rule
    assert rule is not None
    if dict(rule.reasons)["toward"] == "left":
        category = next(one for one in desks.review.categories() if one.code == CROSSING.category)
        desks.review.confirm(actor, alarm_id, Filing(category.code, category.filing[0].code))
        return True
    desks.review.dismiss(actor, alarm_id, DismissReason.NO_OFFENCE)
    return False


def has_lesson() -> bool:
    site = Site.open("demo")
    try:
        with site.units.read() as unit:
            return unit.verifiers.has_lessons()
    finally:
        site.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
