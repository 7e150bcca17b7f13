"""A unit's own system, reached by GeoReport v2 over HTTP."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from console.application.dispatch import DeliveryRefused
from console.application.errors import Unavailable

_log = logging.getLogger(__name__)

API = "/open311/v2"
CONNECT_WITHIN_S, READ_WITHIN_S = 3.0, 10.0
LARGEST_PICTURE = 10_000_000
# Answers that will be the same however often we ask.
_REFUSED = range(400, 500)
_TRY_LATER = {408, 425, 429}


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update of a request, as the far end lists it."""

    update_id: str
    receipt: str
    says: str
    text: str
    media_url: str
    at: datetime


class Open311:
    """One unit's server. Used from one thread; every call has a time-out, none repeats by itself.

    The outbox repeats: a hidden retry here would multiply with its back-off.
    """

    def __init__(self, base_url: str, api_key: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._session = requests.Session()
        self._session.mount("http://", HTTPAdapter(max_retries=0))
        self._session.mount("https://", HTTPAdapter(max_retries=0))
        self._session.trust_env = False

    def submit(self, body: dict[str, Any], idempotency_key: str) -> str:
        """Hand a case over and return the far end's receipt.

        Raises:
            Unavailable: no answer, or "try later". DeliveryRefused: the far end will not take it.
        """
        due, rework_of = str(body.get("due_at", "")), str(body.get("rework_of", ""))
        said = [str(body["condition"]), str(body.get("remark", ""))]
        form = {
            "api_key": self._api_key,
            "service_code": str(body["service_code"]),
            "address_string": str(body["address"]),
            "description": " ".join(part for part in said if part),
            "attribute[case_number]": str(body["case_number"]),
            "attribute[service_name]": str(body["service_name"]),
            "attribute[grid_cell]": str(body.get("grid_cell", "")),
            "attribute[deadline]": due,
        }
        if body.get("latitude") is not None and body.get("longitude") is not None:
            form |= {"lat": str(body["latitude"]), "long": str(body["longitude"])}
        if rework_of:
            form["attribute[rework_of]"] = rework_of
        answer = self._call("POST", f"{API}/requests.json", data=form, headers={"Idempotency-Key": idempotency_key})
        found = answer.json()
        if not isinstance(found, list) or not found or not found[0].get("service_request_id"):
            raise Unavailable("The unit's system gave no receipt.")
        return str(found[0]["service_request_id"])

    def attach(self, receipt: str, picture: bytes) -> None:
        """Add a picture to a request; the far end keeps the same picture once."""
        self._call(
            "POST",
            f"{API}/requests/{receipt}/media",
            data={"api_key": self._api_key},
            files={"media": ("still.jpg", picture, "image/jpeg")},
        )

    def recall(self, receipt: str, idempotency_key: str) -> None:
        """Take a request back."""
        self._call(
            "POST",
            f"{API}/requests/{receipt}/recall",
            data={"api_key": self._api_key},
            headers={"Idempotency-Key": idempotency_key},
        )

    def updates(self, since: datetime | None) -> Sequence[Update]:
        """Return what the unit has said since then, oldest first."""
        query = {"start_date": since.isoformat()} if since else {}
        answer = self._call("GET", f"{API}/servicerequestupdates.json", params=query)
        return [_update(item) for item in answer.json()]

    def services(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("GET", f"{API}/services.json").json()
        return found

    def all_requests(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("GET", f"{API}/requests.json").json()
        return found

    def picture(self, media_url: str) -> bytes:
        """Fetch a picture that came with an answer, only from the unit's own server.

        Raises:
            Unavailable: it is elsewhere, too large, or not there.
        """
        if not media_url.startswith("/") or media_url.startswith("//"):
            raise Unavailable("The unit's picture lies on another server; it is not fetched.")
        answer = self._call("GET", media_url, stream=True)
        data = answer.raw.read(LARGEST_PICTURE + 1, decode_content=True)
        if len(data) > LARGEST_PICTURE:
            raise Unavailable("The unit's picture is larger than 10 MB.")
        return bytes(data)

    def post_form(self, path: str, form: dict[str, str], photo: bytes | None = None) -> None:
        """Fill in a form of the unit's own page."""
        files = {"photo": ("photo.jpg", photo, "image/jpeg")} if photo is not None else None
        self._call("POST", path, data=form, files=files)

    def close(self) -> None:
        self._session.close()

    def _call(self, method: str, path: str, **details: Any) -> requests.Response:
        try:
            answer = self._session.request(
                method, f"{self._base_url}{path}", timeout=(CONNECT_WITHIN_S, READ_WITHIN_S), **details
            )
        except requests.RequestException as cause:
            # Without the cause's text: it quotes addresses and may quote what was sent.
            raise Unavailable("Their system does not answer ({kind}).", kind=type(cause).__name__) from None
        if answer.status_code in _REFUSED and answer.status_code not in _TRY_LATER:
            raise DeliveryRefused("Their system refuses: {said} ({code}).", said=_said(answer), code=answer.status_code)
        if not answer.ok:
            raise Unavailable("Their system cannot take it now ({code}).", code=answer.status_code)
        return answer


def _update(item: dict[str, Any]) -> Update:
    status = str(item.get("status", ""))
    says = str(item.get("says") or ("done" if status == "closed" else "note"))
    return Update(
        update_id=str(item["update_id"]),
        receipt=str(item["service_request_id"]),
        says=says,
        text=str(item.get("description", ""))[:4000],
        media_url=str(item.get("media_url", "")),
        at=datetime.fromisoformat(str(item["updated_datetime"])),
    )


def _said(answer: requests.Response) -> str:
    try:
        found = answer.json()
        return str(found[0]["description"])[:200] if isinstance(found, list) else ""
    except (ValueError, KeyError, IndexError, TypeError):
        return ""
