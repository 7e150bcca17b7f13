"""The shift's report as PDF: numbers from history, words from the catalogue, paper from a child process."""

import logging
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2

from console.application.errors import Unavailable
from console.application.ports import UnitsOfWork
from console.domain.evaluation import MatterLine, Ratio, ShiftFigures
from console.domain.ids import CameraId
from console.domain.shifts import Shift
from console.infrastructure.supervisor import command_for, environment_for_child
from console.words import Words
from resources.locate import locate

_log = logging.getLogger(__name__)

WITHIN_S = 60.0
NO_FONT = 3  # how pdf.py ends without one; not imported from there, where Qt is


class PdfReports:
    """Keeps the promise of ``reports.ReportPrinter``. Safe from any thread; takes a second or two."""

    def __init__(self, title: str, zone: ZoneInfo, units: UnitsOfWork) -> None:
        self._title = title
        self._zone = zone
        self._units = units
        self._pages = jinja2.Environment(loader=jinja2.FileSystemLoader(locate("documents")), autoescape=True)

    def print_shift(self, shift: Shift, figures: ShiftFigures, until: datetime, language: str, path: Path) -> None:
        """Write the report.

        Raises:
            Unavailable: the file could not be written.
        """
        words = Words(language)
        html = self._pages.get_template("shift.html").render(
            title=f"{self._title} · {words.say('Shift report')}",
            heading=self._heading(words, shift, until),
            source=words.say("Read from history; made again it is the same."),
            words={
                "figures": words.say("Figures"),
                "figure": words.say("Figure"),
                "value": words.say("Value"),
                "formula": words.say("Formula"),
                "matters": words.say("By matter"),
                "none": words.say("No alarms and no cases in this shift."),
                "unwatched": words.say("Unwatched minutes"),
                "all_watched": words.say("Every camera with a rule was watched throughout."),
            },
            figures=_figures(words, figures),
            matter_heads=_matter_heads(words),
            matters=[_matter(words, line, self._name_of(words)) for line in figures.matters],
            unwatched=self._unwatched(words, figures),
        )
        _print(html, path)

    def _heading(self, words: Words, shift: Shift, until: datetime) -> str:
        begin, end = shift.began_at.astimezone(self._zone), until.astimezone(self._zone)
        return words.say(
            "Seat {seat}, {name}, {begin} to {end}",
            seat=shift.seat_id,
            name=shift.display_name,
            begin=f"{begin:%Y-%m-%d %H:%M}",
            end=f"{end:%Y-%m-%d %H:%M}",
        )

    def _name_of(self, words: Words) -> Callable[[str], str]:
        with self._units.read() as unit:
            categories = {str(item.code): item for item in unit.directory.categories()}

        def name(code: str) -> str:
            found = categories.get(code)
            if found is None:
                return code
            return f"{code} {found.zh if words.language == 'zh_CN' else found.en}"

        return name

    def _unwatched(self, words: Words, figures: ShiftFigures) -> list[dict[str, str]]:
        with self._units.read() as unit:
            cameras = unit.directory.cameras_of([CameraId(name) for name in figures.unwatched_minutes])
        names = {str(camera.camera_id): f"{camera.number} {camera.name}" for camera in cameras}
        return [
            {"camera": names.get(camera, camera), "minutes": words.say("{minutes} min", minutes=f"{minutes:.1f}")}
            for camera, minutes in sorted(figures.unwatched_minutes.items(), key=lambda item: -item[1])
            if minutes > 0
        ]


def _print(html: str, path: Path) -> None:
    try:
        done = subprocess.run(
            command_for("pdf", ["--out", str(path)]),
            input=html.encode(),
            env=environment_for_child({}),
            capture_output=True,
            check=False,
            timeout=WITHIN_S,
        )
    except subprocess.TimeoutExpired as cause:
        raise Unavailable("The report could not be written to {path}.", path=str(path)) from cause
    if done.returncode == NO_FONT:
        raise Unavailable("This machine has no Chinese font; the report would be blank boxes.")
    if done.returncode != 0:
        _log.error(
            "the report's process ended with %d: %s", done.returncode, done.stderr.decode(errors="replace")[-500:]
        )
        raise Unavailable("The report could not be written to {path}.", path=str(path))


def _figures(words: Words, figures: ShiftFigures) -> list[dict[str, str]]:
    response = figures.median_first_response_s
    return [
        {"name": words.say("Alarms"), "value": str(figures.alarms), "formula": words.say("raised in this shift")},
        {
            "name": words.say("Confirmed"),
            "value": _share(figures.confirmed),
            "formula": words.say("confirmed {part} ÷ decided {whole}", **_parts(figures.confirmed)),
        },
        {
            "name": words.say("First response, median"),
            "value": "—" if response is None else words.say("{seconds} s", seconds=f"{response:.0f}"),
            "formula": words.say("from raising to acknowledging"),
        },
        {
            "name": words.say("Handled in time"),
            "value": _share(figures.in_time),
            "formula": words.say("in time {part} ÷ handled or due {whole}", **_parts(figures.in_time)),
        },
        {"name": words.say("Cases filed"), "value": str(figures.filed), "formula": words.say("without withdrawn ones")},
        {"name": words.say("Cases closed"), "value": str(figures.closed), "formula": words.say("closed in this shift")},
        {"name": words.say("Spoken"), "value": str(figures.spoken), "formula": words.say("talk sessions")},
    ]


def _matter_heads(words: Words) -> list[str]:
    return [
        words.say("Matter"),
        words.say("Alarms"),
        words.say("Confirmed"),
        words.say("Dismissed"),
        words.say("Filed"),
        words.say("In time"),
        words.say("First response"),
    ]


def _matter(words: Words, line: MatterLine, name: Callable[[str], str]) -> list[str]:
    response = line.mean_first_response_s
    return [
        name(line.category),
        str(line.alarms),
        str(line.confirmed),
        str(line.dismissed),
        str(line.filed),
        f"{line.in_time.part} ÷ {line.in_time.whole}",
        "—" if response is None else words.say("{seconds} s", seconds=f"{response:.0f}"),
    ]


def _share(ratio: Ratio) -> str:
    return "—" if ratio.share is None else f"{ratio.share * 100:.1f} %"


def _parts(ratio: Ratio) -> dict[str, int]:
    return {"part": ratio.part, "whole": ratio.whole}
