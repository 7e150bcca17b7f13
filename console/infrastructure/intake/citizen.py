"""The form behind a place's code, the page of thanks, and where a report stands. HTML, read on a telephone."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote
from zoneinfo import ZoneInfo

import jinja2
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from console.application.citizen_desk import CitizenDesk, CitizenReport, report_id_of
from console.application.errors import Stale, Unavailable
from console.application.intake_desk import AnotherReport
from console.application.intake_ports import Photo, ReportStatus
from console.domain.categories import Category
from console.domain.ids import CategoryCode
from console.domain.intake import PLACE_CODE, PlaceCode, report_number
from console.infrastructure.intake import citizen_words as w
from console.infrastructure.intake.forms import can_be_kept
from console.infrastructure.intake.languages import SHORT, language_for
from console.infrastructure.intake.limits import Pace, Scope, Send, Wide, answer
from console.infrastructure.intake.photos import MOST_PHOTO_BYTES, NoPicture, TooLarge, photo_in
from console.words import CHINESE, ENGLISH, LANGUAGES, Words
from resources.locate import locate

PREFIX = "/r/"
MOST_PHOTOS = 3
MOST_TEXT = 1000  # judgement: more is written nowhere on a telephone
MOST_FORM_BYTES = MOST_PHOTOS * MOST_PHOTO_BYTES + 64 * 1024
# Judgement: a family at one address, a school class at one place. Behind a carrier's address stand many people.
A_MINUTE_OF_ADDRESS, A_MINUTE_OF_PLACE = 10, 30
KEY_BYTES = 18
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_CONTACT = re.compile(r"[0-9+()\- ]{0,40}")
_REPORT = re.compile(r"[0-9a-f]{32}")
_LOCAL = re.compile(r"\s*[（(](?:自定义|local)[）)]$")  # which list a matter is from is nothing for citizens

# No script, nothing from elsewhere, in nobody's frame; the report's address is its key and goes to nobody else.
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "vary": "accept-language",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stood in a form when it was sent. ``faults``: sentences with their values, by the field they are about."""

    key: str
    category: str = ""
    text: str = ""
    contact: str = ""
    photos: tuple[Photo, ...] = ()
    faults: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)


class CitizenPages:
    """Draws the pages. Used in one thread; the desk is asked in others.

    Args:
        title: of the site, above every page. zone: of the times in them.
    """

    def __init__(self, desk: CitizenDesk, pace: Pace, title: str, zone: ZoneInfo) -> None:
        self._desk = desk
        self._pace = pace
        self._title = title
        self._zone = zone
        self._words = {language: Words(language) for language in LANGUAGES}
        self._pages = jinja2.Environment(loader=jinja2.FileSystemLoader(locate("pages")), autoescape=True)

    @property
    def wide(self) -> Wide:
        return Wide(PREFIX, MOST_FORM_BYTES, self._refuse_early)

    def router(self) -> APIRouter:
        """Return the addresses; none of them is for machines."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/r/{code}", self._form, methods=["GET", "HEAD"])
        router.add_api_route("/r/{code}", self._send, methods=["POST"])
        router.add_api_route("/r/{code}/{report_id}", self._standing, methods=["GET", "HEAD"])
        return router

    def refusal(self, request: Request, status: int, headers: Mapping[str, str] | None = None) -> Response:
        """Return a page that only says why not."""
        return HTMLResponse(self._fault(request.scope, status), status, {**_HEADERS, **(headers or {})})

    # ---- addresses ---------------------------------------------------------------------------------------------

    async def _form(self, request: Request, code: str) -> Response:
        place, matters = await run_in_threadpool(self._desk.form, _code(code))
        return self._form_page(request, place, matters, Written(key=secrets.token_urlsafe(KEY_BYTES)))

    async def _send(self, request: Request, code: str) -> Response:
        code = _code(code)
        place, matters = await run_in_threadpool(self._desk.form, code)
        async with request.form(max_files=MOST_PHOTOS, max_fields=8) as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            files = [await value.read() for value in form.getlist("photo") if not isinstance(value, str)]
        written = await run_in_threadpool(_written, fields, [data for data in files if data], matters)
        if written.faults:
            return self._form_page(request, place, matters, written, 400)
        wait_s = self._wait_s(request, code)
        if wait_s:
            return self._form_page(request, place, matters, _with(written, w.WAIT, seconds=wait_s), 429, wait_s)
        sent = CitizenReport(
            key=written.key,
            category=CategoryCode(written.category),
            text=written.text,
            contact=written.contact,
            photos=written.photos,
        )
        try:
            report_id = await run_in_threadpool(self._desk.take, code, sent)
        except AnotherReport:
            page = self._fault(request.scope, 409, f"/r/{code}", report_id_of(code, written.key))
            return HTMLResponse(page, 409, _HEADERS)
        except Unavailable:
            return self._form_page(request, place, matters, _with(written, w.AWAY), 503, 60)
        tail = f"?new=1{_chosen(request, '&')}"
        return RedirectResponse(f"/r/{code}/{report_id}{tail}", 303, {"cache-control": "no-store"})

    async def _standing(self, request: Request, code: str, report_id: str) -> Response:
        if not _REPORT.fullmatch(report_id):
            raise Stale("There is no report of this id.")
        place, status = await run_in_threadpool(self._desk.state, _code(code), report_id)
        language = _language(request.scope)
        unit = (status.unit_zh if language == CHINESE else status.unit_en) or status.unit_zh
        steps = [
            {
                "word": self._say(language, step.word),
                "state": step.state.value,
                "at": self._local(step.at),
                "note": self._say(language, step.note, **step.values),
            }
            for step in w.steps_of(status, unit)
        ]
        return self._page(
            request.scope,
            "report_standing.html",
            number=report_number(report_id),
            is_new=request.query_params.get("new") == "1",
            place=_label(place, language),
            matter=_matter(status, language),
            sent_at=self._local(status.at),
            steps=steps,
            form_address="" if place.forgotten_at else f"/r/{place.code}{_chosen(request, '?')}",
        )

    # ---- pages -------------------------------------------------------------------------------------------------

    def _form_page(
        self,
        request: Request,
        place: PlaceCode,
        matters: Sequence[Category],
        written: Written,
        status: int = 200,
        wait_s: int = 0,
    ) -> Response:
        language = _language(request.scope)
        faults = {name: self._say(language, said, **values) for name, (said, values) in written.faults.items()}
        return self._page(
            request.scope,
            "report_form.html",
            status=status,
            headers={"retry-after": str(wait_s)} if wait_s else {},
            place=_label(place, language),
            address=place.place.address if place.place.address != place.label_zh else "",
            matters=[(matter.code, _name_of(matter, language)) for matter in matters],
            written=written,
            faults=faults,
            most_text=MOST_TEXT,
            photos=range(MOST_PHOTOS),
            target=f"/r/{place.code}{_chosen(request, '?')}",
        )

    def _page(
        self, scope: Scope, name: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
    ) -> Response:
        return HTMLResponse(self._drawn(scope, name, **values), status, {**_HEADERS, **(headers or {})})

    def _drawn(self, scope: Scope, name: str, **values: Any) -> str:
        language = _language(scope)
        other = ENGLISH if language == CHINESE else CHINESE
        return self._pages.get_template(name).render(
            language=SHORT[language],
            html_language="zh-CN" if language == CHINESE else "en",
            other_language=f"?lang={SHORT[other]}",
            other_name="English" if other == ENGLISH else "中文",
            site=self._title,
            words={name: self._say(language, sentence) for name, sentence in w.PAGE_WORDS.items()},
            **values,
        )

    def _fault(self, scope: Scope, status: int, form: str = "", report_id: str = "", wait_s: int = 60) -> str:
        language = _language(scope)
        title, sentence = w.FAULTS.get(status, w.FAULTS[400])
        values = {"seconds": wait_s} if sentence is w.WAIT else {}
        return self._drawn(
            scope,
            "report_fault.html",
            title=self._say(language, title),
            sentence=self._say(language, sentence, **values),
            form_address=form,
            standing_address=f"{form}/{report_id}" if report_id else "",
        )

    async def _refuse_early(self, scope: Scope, send: Send, status: int, wait_s: int, headers: dict[str, str]) -> None:
        page = self._fault(scope, status, wait_s=wait_s).encode()
        await answer(send, status, page, {"content-type": "text/html; charset=utf-8", **_HEADERS, **headers})

    def _say(self, language: str, sentence: str, **values: Any) -> str:
        return self._words[language].say(sentence, **values)

    def _local(self, at: datetime | None) -> str:
        return "" if at is None else f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def _wait_s(self, request: Request, code: str) -> int:
        caller = request.client.host if request.client is not None else ""
        waits = (
            self._pace.wait_s(f"form {caller}", A_MINUTE_OF_ADDRESS),
            self._pace.wait_s(f"place {code}", A_MINUTE_OF_PLACE),
        )
        return int(max(waits)) + 1 if max(waits) else 0


def _code(said: str) -> str:
    """Return a code as it is kept; it may have been typed.

    Raises:
        Stale: it can be nobody's.
    """
    code = said.lower()
    if not PLACE_CODE.fullmatch(code):
        raise Stale("Nobody reports by this code.")
    return code


def _language(scope: Scope) -> str:
    chosen = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[-1]
    accepted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    return language_for(chosen, accepted.decode("latin-1"))


def _chosen(request: Request, joined_by: str) -> str:
    """Return the language chosen by hand, to be kept in the next address."""
    chosen = request.query_params.get("lang", "")
    return f"{joined_by}lang={quote(chosen)}" if chosen in SHORT.values() else ""


def _label(place: PlaceCode, language: str) -> str:
    return place.label_zh if language == CHINESE else place.label_en or place.label_zh


def _name_of(matter: Category, language: str) -> str:
    return _LOCAL.sub("", matter.zh if language == CHINESE else matter.en)


def _matter(status: ReportStatus, language: str) -> str:
    return _LOCAL.sub("", status.category_zh if language == CHINESE else status.category_en)


def _with(written: Written, sentence: str, **values: Any) -> Written:
    """Return the form with a fault that is nobody's field."""
    faults: dict[str, tuple[str, Mapping[str, Any]]] = {"form": (sentence, values)}
    if written.photos:
        faults["photos"] = (w.CHOOSE_AGAIN, {})
    return Written(
        key=written.key, category=written.category, text=written.text, contact=written.contact, faults=faults
    )


def _written(fields: Mapping[str, str], files: Sequence[bytes], matters: Sequence[Category]) -> Written:
    """Return what was sent, with what is wrong with it; photos of a form with a fault are not kept."""
    faults: dict[str, tuple[str, Mapping[str, Any]]] = {}
    key, category = fields.get("key", ""), fields.get("matter", "")
    text = fields.get("text", "").replace("\r\n", "\n").strip()
    contact = fields.get("contact", "").strip()
    if not _KEY.fullmatch(key):
        faults["form"] = (w.INCOMPLETE, {})
        key = secrets.token_urlsafe(KEY_BYTES)
    if category not in {str(matter.code) for matter in matters}:
        faults["matter"], category = (w.MATTER, {}), ""
    if not text and not files:
        faults["text"] = (w.SAY_OR_SHOW, {})
    elif len(text) > MOST_TEXT:
        faults["text"] = (w.TOO_LONG, {"most": MOST_TEXT})
    try:
        can_be_kept(text)
    except ValueError:
        faults["text"], text = (w.UNREADABLE, {}), ""
    if not _CONTACT.fullmatch(contact):
        faults["contact"] = (w.NO_NUMBER, {})
    photos = []
    for n, data in enumerate(files, start=1):
        try:
            photos.append(photo_in(data))
        except NoPicture:
            faults["photos"] = (w.NO_PICTURE, {"n": n})
        except TooLarge:
            faults["photos"] = (w.PHOTO_TOO_LARGE, {"n": n})
    if faults:
        if photos and "photos" not in faults:
            faults["photos"] = (w.CHOOSE_AGAIN, {})
        photos = []
    return Written(key=key, category=category, text=text, contact=contact, photos=tuple(photos), faults=faults)
