"""A unit's own system, reached by GeoReport v2 over HTTP."""

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from console.application.dispatch import DeliveryRefused
from console.application.errors import Unavailable

_log = logging.getLogger(__name__)

API = "/open311/v2"
CONNECT_WITHIN_S, READ_WITHIN_S = 3.0, 10.0
WHOLE_ANSWER_WITHIN_S = 15.0  # a server that sends a byte now and then must not hold the relay; judgement
LARGEST_PICTURE = 10_000_000
LARGEST_LIST = 8_000_000
LONGEST_TEXT = 4000
LONGEST_REASON = 200
HIDDEN = "***"
BLOCK = 1 << 16
PICTURES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}
# Answers that will be the same however often we ask; the exceptions mean "later".
_REFUSED = range(400, 500)
_TRY_LATER = {408, 425, 429}
# The public specification knows open and closed; the rest are the words FixMyStreet added for updates.
_SAYS = {"closed": "done", "fixed": "done", "not_councils_responsibility": "not_ours"}


class PictureRefused(Unavailable):
    """A picture that came with an answer cannot be had, however often we ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update of a request, as the far end lists it."""

    update_id: str
    receipt: str
    says: str
    text: str
    media_url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Reply:
    code: int
    content: bytes


class Open311:
    """One unit's server. Used from one thread; every call has a time-out, none repeats by itself.

    The outbox repeats: a hidden retry here would multiply with its back-off. Redirects are not followed: a form
    holds the key, and a redirect would carry it to whoever is named there.
    """

    def __init__(self, base_url: str, api_key: str, read_within_s: float = READ_WITHIN_S) -> None:
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._within_s = (CONNECT_WITHIN_S, read_within_s)
        self._not_understood: set[str] = set()
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
        found = self._list("POST", f"{API}/requests.json", data=form, headers={"Idempotency-Key": idempotency_key})
        receipt = found[0].get("service_request_id") if found else None
        if not receipt:
            raise Unavailable("The unit's system gave no receipt.")
        return str(receipt)

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
        """Return what the unit has said since then, oldest first.

        One that cannot be understood is left out and logged once: it must not hold up the others.
        """
        query = {"start_date": since.isoformat()} if since else {}
        found = [self._update(item) for item in self._list("GET", f"{API}/servicerequestupdates.json", params=query)]
        return sorted((update for update in found if update is not None), key=lambda update: update.at)

    def services(self) -> list[dict[str, Any]]:
        return self._list("GET", f"{API}/services.json")

    def all_requests(self) -> list[dict[str, Any]]:
        return self._list("GET", f"{API}/requests.json")

    def picture(self, media_url: str) -> bytes:
        """Fetch a picture that came with an answer, only from the unit's own server.

        Raises:
            PictureRefused: it lies elsewhere, is too large, no picture, or not there.
            Unavailable: no answer, or "try later".
        """
        place = urlsplit(urljoin(f"{self._base_url}/", media_url))
        own = urlsplit(self._base_url)
        if (place.scheme, place.hostname, place.port) != (own.scheme, own.hostname, own.port):
            raise PictureRefused("The unit's picture lies on another server; it is not fetched.")
        try:
            data = self._call("GET", place.geturl(), largest=LARGEST_PICTURE).content
        except DeliveryRefused as cause:
            raise PictureRefused("The unit's picture is not there.") from cause
        except _TooLarge as cause:
            raise PictureRefused("The unit's picture is larger than 10 MB.") from cause
        if not suffix_of(data):
            raise PictureRefused("What the unit sent as a picture is neither JPEG nor PNG.")
        return data

    def post_form(self, path: str, form: dict[str, str], photo: bytes | None = None) -> None:
        """Fill in a form of the unit's own page; the page it leads to afterwards is not looked at."""
        files = {"photo": ("photo.jpg", photo, "image/jpeg")} if photo is not None else None
        self._call("POST", path, may_lead_on=True, data=form, files=files)

    def close(self) -> None:
        self._session.close()

    def _list(self, method: str, path: str, **details: Any) -> list[dict[str, Any]]:
        reply = self._call(method, path, **details)
        found = _parsed(reply.content)
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise Unavailable("What their system answers is not GeoReport.")
        return found

    def _call(
        self, method: str, path: str, *, largest: int = LARGEST_LIST, may_lead_on: bool = False, **details: Any
    ) -> _Reply:
        try:
            reply = self._ask(method, path, largest, details)
        except requests.RequestException as cause:
            # Without the cause's text: it quotes addresses and may quote what was sent.
            raise Unavailable("Their system does not answer ({kind}).", kind=type(cause).__name__) from None
        if reply.code in _REFUSED and reply.code not in _TRY_LATER:
            # Some repeat what they refuse; the key is not for rows and screens.
            said = _said(reply.content).replace(self._api_key, HIDDEN) if self._api_key else _said(reply.content)
            raise DeliveryRefused("Their system refuses: {said} ({code}).", said=said[:LONGEST_REASON], code=reply.code)
        if 300 <= reply.code < 400 and not may_lead_on:
            raise Unavailable("Their system has moved ({code}); its address must be corrected.", code=reply.code)
        if reply.code >= 500:
            raise Unavailable("Their system cannot take it now ({code}).", code=reply.code)
        return reply

    def _ask(self, method: str, path: str, largest: int, details: dict[str, Any]) -> _Reply:
        url = path if "://" in path else f"{self._base_url}{path}"
        give_up_s = time.monotonic() + self._within_s[1] + WHOLE_ANSWER_WITHIN_S
        content = bytearray()
        with self._session.request(
            method, url, timeout=self._within_s, allow_redirects=False, stream=True, **details
        ) as answer:
            for block in answer.iter_content(BLOCK):
                content += block
                if len(content) > largest:
                    raise _TooLarge("What their system answers is too long.")
                if time.monotonic() > give_up_s:
                    raise Unavailable("Their system answers too slowly.")
            return _Reply(answer.status_code, bytes(content))

    def _update(self, item: dict[str, Any]) -> Update | None:
        status = str(item.get("status", "")).lower()
        update_id = str(item.get("update_id", ""))
        try:
            at = datetime.fromisoformat(str(item["updated_datetime"]))
            receipt = str(item["service_request_id"])
        except (KeyError, ValueError):
            at, receipt = None, ""
        if at is None or not update_id or not receipt:
            if update_id not in self._not_understood:
                self._not_understood.add(update_id)
                _log.warning("update %r of a unit has no id, request or time; it is left out", update_id[:80])
            return None
        return Update(
            update_id=update_id,
            receipt=receipt,
            says=str(item.get("says") or _SAYS.get(status, "note")),
            text=str(item.get("description") or "")[:LONGEST_TEXT],
            media_url=str(item.get("media_url") or ""),
            # A time without a zone is against the specification; UTC is its nearest reading.
            at=at if at.tzinfo else at.replace(tzinfo=UTC),
        )


class _TooLarge(Unavailable):
    """More came than we are ready to hold."""


def suffix_of(picture: bytes) -> str:
    """Return the file suffix of a picture by its first bytes; empty if it is none that we know."""
    return next((suffix for magic, suffix in PICTURES.items() if picture.startswith(magic)), "")


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):  # the latter by brackets nested a thousand deep
        return None


def _said(content: bytes) -> str:
    try:
        return str(_parsed(content)[0]["description"])
    except (KeyError, IndexError, TypeError):
        return ""
