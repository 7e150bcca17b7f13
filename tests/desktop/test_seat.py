"""Claims about the seat's own process: what it has in memory, what its end costs, and what it leaves."""

import re
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from console.bench.screen import VirtualScreen
from console.demo.control import DepartmentControl
from console.domain.cases import Stage
from tests.desktop.seat_window import SeatWindow, Street, end_station, mapped_files, processes_below, wait_until

pytestmark = [pytest.mark.desktop, pytest.mark.media]

PAGES = (
    ("F3", "review"),
    ("F4", "cases"),
    ("F5", "evidence"),
    ("F7", "shift"),
    ("F8", "settings"),
    ("F9", "health"),
    ("F2", "wall"),
)
# Whatever opens a hostile stream or runs a model: FFmpeg (PyAV's or Qt's own), encoders, OpenCV, OpenVINO, learners.
FOREIGN = re.compile(
    r"/lib(av(codec|format|util|filter|device)|swscale|swresample|x264|x265|openh264|postproc|opencv|openvino)"
    r"|ffmpegmediaplugin|/site-packages/(av|av\.libs|cv2|openvino|sklearn|scikit_learn\.libs|scipy)/"
)
PICTURE_WITHIN_S = 60.0
ALARM_WITHIN_S = 90.0
DELIVERY_WITHIN_S = 60.0
CLOSED_WITHIN_S = 5.0
OpenSeat = Callable[[], SeatWindow]


def foreign(pid: int) -> list[str]:
    return sorted(path for path in mapped_files(pid) if FOREIGN.search(path))


def slots_of(pid: int) -> set[Path]:
    """Return the pieces of shared memory that a station's processes have mapped."""
    found = {path for process in processes_below(pid) for path in mapped_files(process.pid)}
    return {Path(path) for path in found if Path(path).name.startswith("citydesk-")}


def test_a_seat_that_has_opened_every_page_has_no_codec_and_no_model_in_it(street: Street, open_seat: OpenSeat) -> None:
    seat = open_seat()
    seat.take_keys()
    seat.wait_for_log("first picture", PICTURE_WITHIN_S)

    seat.wait_for_log("every page is made", PICTURE_WITHIN_S)
    for key, page in PAGES:
        seat.open_page(key, page)

    assert foreign(seat.process.pid) == []
    assert any("libQt6Widgets" in path for path in mapped_files(seat.process.pid))
    # The same look at the station's workers finds what it looks for.
    workers = processes_below(street.station_pid())[1:]
    assert any(foreign(worker.pid) for worker in workers)


def test_a_closed_seat_is_gone_in_five_seconds_and_its_station_leaves_nothing(
    street: Street, open_seat: OpenSeat
) -> None:
    seat = open_seat()
    seat.wait_for_log("first picture", PICTURE_WITHIN_S)
    station = street.station_pid()

    seat.process.terminate()

    assert seat.process.wait(CLOSED_WITHIN_S) == 0
    assert street.station_pid() == station and psutil.pid_exists(station)
    slots, processes = slots_of(station), processes_below(station)
    assert slots and len(processes) >= 4  # itself, pictures, detector, voice

    end_station(street.site.paths.data)

    left = [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
    assert left == []
    assert [path for path in slots if path.exists()] == []


def test_a_seat_that_is_killed_mid_case_loses_nothing(
    street: Street, screen: VirtualScreen, open_seat: OpenSeat
) -> None:
    queries = street.site.queries
    seat = open_seat()
    seat.take_keys()
    seat.open_page("F3", "review")
    now = street.site.clock.now
    wait_until("an alarm", ALARM_WITHIN_S, lambda: queries.alarm_queue(now(), 10))

    seat.press_until(
        "the alarm claimed", ["Return"], lambda: any(row.claimed_by for row in queries.alarm_queue(now(), 10))
    )
    seat.press_until("the case filed", ["y", "Return"], lambda: queries.case_list(10))
    station = street.station_pid()

    seat.process.kill()
    seat.process.wait()

    (case,) = queries.case_list(10)
    department = DepartmentControl(street.demo.department)
    try:
        wait_until("the case at the department", DELIVERY_WITHIN_S, lambda: department.requests_of(case.number))
        another = open_seat()
        another.take_keys()
        another.open_page("F4", "cases")
        wait_until("the list of cases, which has no pictures", 30.0, lambda: not screen.shows_picture)
        another.press_until("the case's stills on its page", ["Return"], lambda: screen.shows_picture)
        (case,) = queries.case_list(10)
        assert Stage(case.stage) is Stage.DELIVERED
        assert len(department.requests_of(case.number)) == 1
    finally:
        department.close()
    assert street.station_pid() == station
