"""The intake's application: GeoReport v2 for whoever speaks it, one JSON address for hotlines and contractors.

Every refusal is GeoReport's own form of one, ``[{"code": …, "description": …}]``, and never says what was sent.
"""

import hmac
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, Header, HTTPException, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ValidationError

from console.application.errors import Stale, Unavailable
from console.application.intake_desk import AnotherReport, IntakeDesk, Reported
from console.application.intake_ports import ReportStatus
from console.application.ports import Clock
from console.application.sensor_desk import SensorDesk
from console.application.settings import PartnerSettings
from console.domain.alarms import AlarmStage, Priority, Source
from console.domain.cases import Stage
from console.domain.ids import CategoryCode
from console.domain.places import Place
from console.domain.sensors import SENSOR_NUMBER
from console.infrastructure.intake.citizen import PREFIX, CitizenPages
from console.infrastructure.intake.forms import Form, Key, Ticket
from console.infrastructure.intake.limits import Pace
from console.infrastructure.intake.payloads import Measured
from console.infrastructure.intake.refusals import faults_in

_log = logging.getLogger(__name__)

API = "/open311/v2"
LISTED = timedelta(days=90)  # GeoReport v2: what a list without dates holds
RETRY_AFTER_S = 5

# What a reporter is told of an alarm; the city's language, as GeoReport has no other.
_NOTES = {
    AlarmStage.WAITING: "待核实",
    AlarmStage.CONFIRMED: "已核实",
    AlarmStage.DISMISSED: "经核实不予立案",
    AlarmStage.MERGED: "已并入同一事项",
    AlarmStage.RECOVERED: "已自行恢复正常",
}
_CASE_NOTES = {
    Stage.CLOSED: "已结案",
    Stage.VOID: "已作废",
}
Tokens = Callable[[], Mapping[str, str]]


class Fault(BaseModel):
    code: int
    description: str


class Service(BaseModel):
    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: str
    keywords: str
    group: str


class Taken(BaseModel):
    service_request_id: str
    service_notice: str
    account_id: str


class Kept(BaseModel):
    boot: int
    sequence: int
    counted: bool


class Status(BaseModel):
    service_request_id: str
    status: str
    status_notes: str
    service_name: str
    service_code: str
    agency_responsible: str
    requested_datetime: str
    updated_datetime: str
    expected_datetime: str
    address: str
    lat: float | None
    long: float | None


_FAULTS: dict[int | str, dict[str, Any]] = {
    code: {"model": list[Fault], "description": said}
    for code, said in (
        (400, "not understood"),
        (408, "too slow"),
        (413, "too large"),
        (429, "too many; see Retry-After"),
        (503, "the records are away; nothing was kept, send it again"),
    )
}
_KEYED: dict[int | str, dict[str, Any]] = {
    **_FAULTS,
    401: {"model": list[Fault], "description": "no token"},
    403: {"model": list[Fault], "description": "a token nobody has"},
}
_TAKING: dict[int | str, dict[str, Any]] = {
    **_KEYED,
    404: {"model": list[Fault], "description": "no such matter or camera"},
    409: {"model": list[Fault], "description": "the key came with another report before"},
    415: {"model": list[Fault], "description": "another content type is expected"},
}
_bearer = HTTPBearer(auto_error=False)
_MOMENT = Query(min_length=1, json_schema_extra={"format": "date-time"})


def build(
    desk: IntakeDesk,
    sensors: SensorDesk,
    partners: Mapping[str, PartnerSettings],
    tokens: Tokens,
    pace: Pace,
    clock: Clock,
    citizens: CitizenPages | None = None,
) -> FastAPI:
    """Return the application.

    Args:
        citizens: the pages behind the codes of places.
        tokens: gives each partner's token as the vault has it now; asked in the event loop, so it must not wait.
    """
    application = FastAPI(
        title="Citydesk intake", version="1", docs_url=None, redoc_url=None, redirect_slashes=False, responses=_FAULTS
    )
    _add_handlers(application, citizens)
    if citizens is not None:
        application.include_router(citizens.router())

    def partner_of(token: str) -> str:
        given = token.encode()
        found = ""
        for name, kept in tokens().items():
            if name in partners and kept and hmac.compare_digest(kept.encode(), given):
                found = name
        if not found:
            raise HTTPException(403, "this token is nobody's")
        wait_s = pace.wait_s(f"partner {found}", partners[found].per_minute)
        if wait_s:
            raise HTTPException(429, "too many requests; wait", {"Retry-After": str(int(wait_s) + 1)})
        return found

    async def caller(shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
        if shown is None:
            raise HTTPException(401, "a token is required", {"WWW-Authenticate": "Bearer"})
        return partner_of(shown.credentials)

    async def take(partner: str, reported: Reported) -> str:
        return await run_in_threadpool(desk.take, partner, Source(partners[partner].source), reported)

    @application.get(f"{API}/services.json")
    async def services() -> list[Service]:
        matters = await run_in_threadpool(desk.matters)
        return [
            Service(
                service_code=matter.code,
                service_name=matter.zh,
                description=matter.en,
                metadata=False,
                type="realtime",
                keywords="",
                group=matter.code[:2],
            )
            for matter in matters
        ]

    @application.post(
        f"{API}/requests.json",
        status_code=201,
        responses={code: said for code, said in _TAKING.items() if code != 401},
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/x-www-form-urlencoded": {"schema": Form.model_json_schema()}},
            }
        },
    )
    async def submit(request: Request, idempotency_key: Annotated[Key, Header()] = "") -> list[Taken]:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            raise HTTPException(415, "a form is expected: application/x-www-form-urlencoded")
        sent = {name: value for name, value in (await request.form()).items() if isinstance(value, str) and value}
        try:
            form = Form.model_validate(sent)
        except ValidationError as cause:
            raise HTTPException(400, faults_in(cause.errors(include_input=False, include_url=False))) from cause
        partner = partner_of(form.api_key)
        reported = Reported(
            key=idempotency_key,
            category=CategoryCode(form.service_code),
            place=Place(address=form.address_string.strip(), longitude=form.long, latitude=form.lat),
            text=form.description,
            name=" ".join(part for part in (form.last_name, form.first_name) if part),
            contact=form.phone or form.email,
        )
        return [Taken(service_request_id=await take(partner, reported), service_notice="", account_id="")]

    @application.get(f"{API}/requests/{{report_id}}.json", responses={404: {"model": list[Fault]}})
    async def one(report_id: Annotated[str, Path(max_length=100, pattern=r"^[0-9a-f-]+$")]) -> list[Status]:
        return [_public(await run_in_threadpool(desk.status, report_id))]

    @application.get(f"{API}/requests.json", responses=_KEYED)
    async def many(
        partner: Annotated[str, Depends(caller)],
        start_date: Annotated[str, _MOMENT] = "",
        end_date: Annotated[str, _MOMENT] = "",
    ) -> list[Status]:
        until = _moment("end_date", end_date) or clock.now()
        since = _moment("start_date", start_date) or _before(until, LISTED)
        return [_public(status) for status in await run_in_threadpool(desk.of_partner, partner, since, until)]

    @application.post("/api/reports", status_code=201, responses=_TAKING)
    async def report(partner: Annotated[str, Depends(caller)], ticket: Annotated[Ticket, Body()]) -> list[Taken]:
        reported = Reported(
            key=ticket.key,
            category=CategoryCode(ticket.service_code),
            place=Place(address=ticket.address.strip(), longitude=ticket.longitude, latitude=ticket.latitude),
            text=ticket.text,
            name=ticket.name,
            contact=ticket.contact,
            priority=Priority(ticket.priority),
            camera_number=ticket.camera_number.strip(),
        )
        return [Taken(service_request_id=await take(partner, reported), service_notice="", account_id="")]

    @application.post("/api/readings/{number}", responses=_TAKING)
    async def measured(
        _partner: Annotated[str, Depends(caller)],
        number: Annotated[str, Path(max_length=64, pattern=SENSOR_NUMBER)],
        reading: Annotated[Measured, Body()],
    ) -> Kept:
        """Take in a sensor's reading; the answer is its receipt."""
        (receipt,) = await run_in_threadpool(sensors.take, [(number, reading.reading)])
        if receipt is None:
            raise HTTPException(404, "nobody registered this sensor")
        return Kept(boot=receipt.boot, sequence=receipt.sequence, counted=receipt.counted)

    @application.get("/health")
    async def health() -> dict[str, bool]:
        """Answer whether reports can be taken: 503 while the records are away."""
        await run_in_threadpool(desk.matters)
        return {"ready": True}

    return application


def _add_handlers(application: FastAPI, citizens: CitizenPages | None) -> None:
    def refused(request: Request, code: int, description: str, headers: Mapping[str, str] | None = None) -> Response:
        """Answer people with a page and machines with GeoReport's own form."""
        if citizens is not None and request.url.path.startswith(PREFIX):
            return citizens.refusal(request, code, headers)
        return JSONResponse([{"code": code, "description": description}], code, dict(headers or {}))

    @application.exception_handler(HTTPException)
    async def refuse(request: Request, fault: HTTPException) -> Response:
        return refused(request, fault.status_code, str(fault.detail), fault.headers)

    @application.exception_handler(400)
    async def not_understood(request: Request, fault: Exception) -> Response:
        return refused(request, 400, str(getattr(fault, "detail", "not understood")))

    @application.exception_handler(404)
    async def nothing_here(request: Request, fault: Exception) -> Response:
        return refused(request, 404, str(fault.detail) if isinstance(fault, HTTPException) else "nothing is here")

    @application.exception_handler(405)
    async def no_such_act(request: Request, _fault: Exception) -> Response:
        return refused(
            request, 405, "not a method of this address", {"Allow": ", ".join(_methods_of(application, request))}
        )

    @application.exception_handler(RequestValidationError)
    async def refuse_incomplete(request: Request, fault: RequestValidationError) -> Response:
        return refused(request, 400, faults_in(fault.errors()))

    @application.exception_handler(Unavailable)
    async def away(request: Request, fault: Unavailable) -> Response:
        _log.warning("a report was turned away: %s", fault)
        return refused(
            request, 503, "the records are away; nothing was kept, send it again", {"Retry-After": str(RETRY_AFTER_S)}
        )

    @application.exception_handler(Stale)
    async def unknown(request: Request, _fault: Stale) -> Response:
        return refused(request, 404, "no such matter, camera or report")

    @application.exception_handler(AnotherReport)
    async def another(request: Request, _fault: AnotherReport) -> Response:
        return refused(request, 409, "this key came with another report before")


def _methods_of(application: FastAPI, request: Request) -> list[str]:
    """Return what an address can be asked; two routes may share one."""
    found: set[str] = set()
    for route in application.routes:
        pattern, methods = getattr(route, "path_regex", None), getattr(route, "methods", None)
        if pattern is not None and methods and pattern.match(request.url.path):
            found |= set(methods)
    return sorted(found)


def _public(status: ReportStatus) -> Status:
    is_open = (
        status.case_stage not in (Stage.CLOSED, Stage.VOID)
        if status.case_stage is not None
        else status.alarm_stage in (AlarmStage.WAITING, AlarmStage.CONFIRMED)
    )
    notes = _NOTES[status.alarm_stage]
    if status.case_stage is not None:
        notes = f"{_CASE_NOTES.get(status.case_stage, '已立案')}，案卷 {status.case_number}"
    return Status(
        service_request_id=status.report_id,
        status="open" if is_open else "closed",
        status_notes=notes,
        service_name=status.category_zh,
        service_code=status.category,
        agency_responsible=status.unit_zh,
        requested_datetime=status.at.astimezone(UTC).isoformat(),
        updated_datetime=status.changed_at.astimezone(UTC).isoformat(),
        expected_datetime=status.due_at.astimezone(UTC).isoformat() if status.due_at else "",
        address=status.address,
        lat=status.latitude,
        long=status.longitude,
    )


def _moment(name: str, said: str) -> datetime | None:
    """Return a moment in UTC, ``None`` where none was said. One without a zone is UTC's."""
    if not said:
        return None
    try:
        moment = datetime.fromisoformat(said.upper().replace(":60", ":59"))  # a leap second is no time of ours
    except ValueError as cause:
        raise HTTPException(400, f"{name}: a date and time is expected, as 2026-11-22T08:00:00+08:00") from cause
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:  # the first and the last day there are
        return moment.replace(tzinfo=UTC)


def _before(moment: datetime, span: timedelta) -> datetime:
    try:
        return moment - span
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)
