"""The demo's far ends, asked as a person would: the department's API and page, the cameras' control door."""

from datetime import datetime
from fractions import Fraction
from typing import Any
from urllib.parse import quote

import av
import numpy as np

from console.demo.running import RunningDemo
from console.infrastructure.gateways.doors import Door
from console.infrastructure.gateways.open311 import Open311


class DepartmentControl:
    """What the department holds, by its own API, and answering for it by its own page."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._server = Open311(str(facts["base_url"]), str(facts["api_key"]))
        self._door = Door(str(facts["base_url"]), "")

    def services(self) -> list[dict[str, Any]]:
        return self._server.services()

    def requests_of(self, number: str) -> list[dict[str, Any]]:
        """Return the requests stored for a case number, newest first."""
        return [request for request in self.requests() if request["case_number"] == number]

    def requests(self) -> list[dict[str, Any]]:
        """Return all it has stored, newest first."""
        return self._server.all_requests()

    def photos_of(self, request: dict[str, Any]) -> list[bytes]:
        """Return the pictures stored with a request."""
        return [self._server.picture(f"/media/{name}") for name in request["media"]]

    def answer(self, number: str, says: str, text: str, *, is_street_clear: bool) -> None:
        """Fill in the form of the newest request of a case, with a photo."""
        request = self.requests_of(number)[0]
        form = {"says": says, "text": text, "street_is_clear": "yes" if is_street_clear else "no"}
        self._server.post_form(f"/answer/{request['service_request_id']}", form, small_photo())

    def plan_fault(self, what: str) -> None:
        """Let something go wrong with the next submission: ``503``, ``hang`` or ``drop_after_store``."""
        self._door.post("/faults", {"next": what})

    def answers_since(self, since: datetime) -> list[tuple[str, bool]]:
        """Return id and "the street is clear" of the answers given since then."""
        day = quote(since.isoformat())
        found = self._door.get(f"/open311/v2/servicerequestupdates.json?start_date={day}")
        return [(str(update["update_id"]), bool(update.get("street_is_clear"))) for update in found]

    def close(self) -> None:
        self._server.close()
        self._door.close()


class DemoControl:
    """Everything of the demo that can be asked or moved from outside."""

    def __init__(self, demo: RunningDemo) -> None:
        self.department = DepartmentControl(demo.department)
        self._cameras = Door(f"http://127.0.0.1:{demo.cameras['control_port']}", str(demo.cameras["token"]))

    def camera_shows(self) -> str:
        """Return which street camera 01 shows: ``before`` or ``after``."""
        return str(self._cameras.get("/camera/01")["shows"])

    def camera_goes_to(self, street: str) -> None:
        self._cameras.post(f"/camera/01/{street}")

    def close(self) -> None:
        self.department.close()
        self._cameras.close()


def small_photo() -> bytes:
    """Return a JPEG that stands for a photo of the street: a grey ground with a lighter sky."""
    picture = np.full((240, 320, 3), 96, np.uint8)
    picture[:110] = (150, 168, 180)
    encoder = av.CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 320, 240, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuvj420p")
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
