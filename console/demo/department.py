"""The demo's department: an HTTP server that speaks GeoReport v2 and has a page where a person answers.

Besides the public specification it knows two widely used additions: an ``Idempotency-Key`` header, and the list of
updates that mySociety's FixMyStreet added (``servicerequestupdates.json``). ``media``, ``recall`` and
``street_is_clear`` are the demo's own, and so is ``/faults``, by which tests say what goes wrong next.
"""

import argparse
import asyncio
import json
import os
import secrets
import socket
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import jinja2
import uvicorn
from fastapi import FastAPI, File, Form, Header, HTTPException, Query, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from console.demo.ledger import AnotherRequest, Ledger, ServiceRequest
from console.infrastructure.clock import SystemClock
from resources.locate import locate

API = "/open311/v2"
MOST_DESCRIPTION = 4000
MOST_MEDIA_BYTES = 8_000_000
FAULTS = ("503", "hang", "drop_after_store")
SERVICES = (
    ("09009", "机动车乱停放", "Vehicle parked badly"),
    ("09012", "占用消防通道", "Fire lane blocked"),
    ("09006", "占道经营", "Trade on the road"),
    ("06010", "暴露垃圾", "Exposed garbage"),
)


def main(arguments: list[str]) -> int:
    """Serve on loopback until our parent ends."""
    parser = argparse.ArgumentParser(prog="citydesk --role demo-department")
    parser.add_argument("--out", type=Path, required=True, help="folder for what is stored")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True, help="file to say in where we are")
    parser.add_argument("--again", action="store_true", help="come back at the place that the state file tells of")
    chosen = parser.parse_args(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    api_key = _lasting_key(chosen.out / "api_key")
    wanted = int(json.loads(chosen.state.read_text(encoding="utf-8"))["port"]) if chosen.again else chosen.port
    listening = socket.create_server(("127.0.0.1", wanted))
    port = listening.getsockname()[1]
    application = build(Ledger(chosen.out, SystemClock()), api_key)
    server = uvicorn.Server(
        uvicorn.Config(application, log_level="error", access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    )

    async def serve() -> None:
        task = asyncio.create_task(server.serve([listening]))
        while not server.started and not task.done():
            await asyncio.sleep(0.02)
        state = {"pid": os.getpid(), "port": port, "base_url": f"http://127.0.0.1:{port}", "api_key": api_key}
        _write_privately(chosen.state, json.dumps(state))
        print("READY", flush=True)
        threading.Thread(target=_leave_with_input, args=(server,), daemon=True).start()
        await task

    asyncio.run(serve())
    return 0


def build(ledger: Ledger, api_key: str) -> FastAPI:
    """Return the application over a ledger."""
    application = FastAPI(title="Citydesk demo department", docs_url=None, redoc_url=None)
    pages = jinja2.Environment(loader=jinja2.FileSystemLoader(locate("pages")), autoescape=True)
    faults: list[str] = []

    @application.exception_handler(HTTPException)
    async def refuse(_request: Request, fault: HTTPException) -> JSONResponse:
        return _refusal(fault.status_code, str(fault.detail))

    @application.exception_handler(RequestValidationError)
    async def refuse_incomplete(_request: Request, fault: RequestValidationError) -> JSONResponse:
        missing = ", ".join(str(error["loc"][-1]) for error in fault.errors())
        return _refusal(400, f"not provided, or not understood: {missing}")

    @application.get(f"{API}/services.json")
    def services() -> list[dict[str, Any]]:
        return [
            {
                "service_code": code,
                "service_name": zh,
                "description": en,
                "metadata": False,
                "type": "realtime",
                "keywords": "",
                "group": "街面秩序",
            }
            for code, zh, en in SERVICES
        ]

    @application.post(f"{API}/requests.json", status_code=201)
    async def submit(request: Request, idempotency_key: Annotated[str, Header()] = "") -> Response:
        form = {name: value for name, value in (await request.form()).items() if isinstance(value, str) and value}
        fault = faults.pop(0) if faults else ""
        if fault == "503":
            raise HTTPException(503, "try later")
        if fault == "hang":
            return _Silence()
        if form.pop("api_key", "") != api_key:
            raise HTTPException(403, "api_key invalid")
        _check(form)
        try:
            stored = ledger.store(form, idempotency_key)
        except AnotherRequest as cause:
            raise HTTPException(409, "this Idempotency-Key came with another request before") from cause
        if fault == "drop_after_store":
            return _CutShort()
        return JSONResponse(
            [{"service_request_id": stored.request_id, "service_notice": "", "account_id": ""}], status_code=201
        )

    @application.get(f"{API}/requests/{{request_id}}.json")
    def one(request_id: str) -> list[dict[str, Any]]:
        return [_public(_known(ledger, request_id))]

    @application.get(f"{API}/requests.json")
    def many() -> list[dict[str, Any]]:
        return [_public(request) for request in ledger.all()]

    @application.get(f"{API}/servicerequestupdates.json")
    def updates(start_date: Annotated[str, Query()] = "") -> list[dict[str, Any]]:
        since = _moment(start_date)
        found = [update for request in ledger.all() for update in request.updates]
        kept = [update for update in found if datetime.fromisoformat(update["updated_datetime"]) >= since]
        return sorted(
            (u | {"media_url": f"/media/{u['media']}" if u["media"] else ""} for u in kept),
            key=lambda u: str(u["updated_datetime"]),
        )

    @application.post(f"{API}/requests/{{request_id}}/media", status_code=201)
    async def attach(
        request_id: str, api_key_given: Annotated[str, Form(alias="api_key")], media: Annotated[UploadFile, File()]
    ) -> dict[str, str]:
        if api_key_given != api_key:
            raise HTTPException(403, "api_key invalid")
        _known(ledger, request_id)
        return {"media": ledger.attach(request_id, await _picture(media), ".jpg")}

    @application.post(f"{API}/requests/{{request_id}}/recall")
    def recall(request_id: str, api_key_given: Annotated[str, Form(alias="api_key")]) -> dict[str, str]:
        if api_key_given != api_key:
            raise HTTPException(403, "api_key invalid")
        _known(ledger, request_id)
        ledger.recall(request_id)
        return {"service_request_id": request_id}

    @application.get("/media/{name}")
    def media_file(name: str) -> FileResponse:
        path = ledger.media_path(name)
        if path is None:
            raise HTTPException(404, "no such picture")
        return FileResponse(path, media_type="image/jpeg")

    @application.post("/faults")
    async def plan_faults(request: Request) -> dict[str, int]:
        """For tests only: what goes wrong with the next submissions."""
        wanted = await request.json()
        if str(wanted["next"]) not in FAULTS:
            raise HTTPException(400, f"next must be one of {', '.join(FAULTS)}")
        faults.extend([str(wanted["next"])] * int(wanted.get("count", 1)))
        return {"planned": len(faults)}

    @application.get("/")
    def page(lang: Annotated[str, Query()] = "zh") -> HTMLResponse:
        template = pages.get_template("department.html")
        return HTMLResponse(template.render(requests=ledger.all(), is_chinese=lang != "en", local=_local))

    @application.post("/answer/{request_id}")
    async def answer(
        request_id: str,
        says: Annotated[str, Form()],
        text: Annotated[str, Form()] = "",
        street_is_clear: Annotated[str, Form()] = "",
        lang: Annotated[str, Form()] = "zh",
        photo: Annotated[UploadFile | None, File()] = None,
    ) -> RedirectResponse:
        request = _known(ledger, request_id)
        if says not in ("done", "not_ours", "note"):
            raise HTTPException(400, "says must be done, not_ours or note")
        if not request.is_open:
            raise HTTPException(409, "this request is closed")
        name = ""
        if photo is not None and photo.size:
            name = ledger.attach(request_id, await _picture(photo), ".jpg")
        ledger.answer(request_id, says, text, name, is_street_clear=street_is_clear == "yes")
        return RedirectResponse("/?lang=en" if lang == "en" else "/", status_code=303)

    return application


class _Silence(Response):
    """Says nothing until the caller gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass


class _CutShort(Response):
    """Promises an answer and breaks off before its first byte: what was stored, the caller never learns."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"64")]})


def _refusal(code: int, description: str) -> JSONResponse:
    return JSONResponse([{"code": code, "description": description}], code)


def _check(form: Mapping[str, str]) -> None:
    """Refuse what the specification refuses."""
    if form.get("service_code") not in {code for code, _, _ in SERVICES}:
        raise HTTPException(400, "service_code was not provided or is unknown")
    if len(form.get("description", "")) > MOST_DESCRIPTION:
        raise HTTPException(400, f"description is longer than {MOST_DESCRIPTION}")
    if not (form.get("address_string") or (form.get("lat") and form.get("long"))):
        raise HTTPException(400, "a place is required: address_string, or lat and long")
    for name, largest in (("lat", 90.0), ("long", 180.0)):
        try:
            is_on_earth = abs(float(form.get(name, "0"))) <= largest
        except ValueError:
            is_on_earth = False
        if not is_on_earth:
            raise HTTPException(400, f"{name} is not within {largest:.0f} degrees")


def _moment(said: str) -> datetime:
    if not said:
        return datetime.min.replace(tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(said)
    except ValueError as cause:
        raise HTTPException(400, "start_date is not a date and time") from cause
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _local(said: str) -> str:
    """Return a moment as this machine's wall clock shows it."""
    try:
        return f"{datetime.fromisoformat(said).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return said


def _known(ledger: Ledger, request_id: str) -> ServiceRequest:
    request = ledger.get(request_id)
    if request is None:
        raise HTTPException(404, "no such request")
    return request


async def _picture(upload: UploadFile) -> bytes:
    data = await upload.read(MOST_MEDIA_BYTES + 1)
    if len(data) > MOST_MEDIA_BYTES:
        raise HTTPException(413, "the picture is too large")
    if not data.startswith(b"\xff\xd8"):
        raise HTTPException(415, "a JPEG picture is expected")
    return data


def _public(request: ServiceRequest) -> dict[str, Any]:
    fields = request.fields
    return {
        "service_request_id": request.request_id,
        "status": "open" if request.is_open else "closed",
        "status_notes": request.updates[-1]["description"] if request.updates else "",
        "service_code": fields.get("service_code", ""),
        "description": fields.get("description", ""),
        "requested_datetime": request.received_at,
        "address": fields.get("address_string", ""),
        "lat": fields.get("lat", ""),
        "long": fields.get("long", ""),
        "case_number": fields.get("attribute[case_number]", ""),
        "expected_datetime": fields.get("attribute[deadline]", ""),
        "rework_of": fields.get("attribute[rework_of]", ""),
        "media": request.media,
        "recalled": bool(request.recalled_at),
    }


def _leave_with_input(server: uvicorn.Server) -> None:
    sys.stdin.buffer.read()
    server.should_exit = True


def _lasting_key(path: Path) -> str:
    """Return the key callers must show: the same after a restart."""
    if not path.exists():
        _write_privately(path, secrets.token_hex(16))
    return path.read_text(encoding="utf-8")


def _write_privately(path: Path, text: str) -> None:
    """Write for this account only, whole or not at all."""
    draft = path.with_suffix(".draft")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
