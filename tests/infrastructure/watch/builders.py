"""Small things the station's rooms are tried with."""

from datetime import UTC, datetime
from pathlib import Path

from console.application.errors import Unavailable
from console.domain.cameras import Camera
from console.domain.ids import CameraId, CategoryCode, RuleId
from console.domain.places import Place
from console.domain.rules import CameraRule, Zone
from console.infrastructure.channel.messages import AnyMessage, RuleHit

SECRET = "hunter2greppable"
NOW = datetime(2026, 11, 22, 3, 40, tzinfo=UTC)
TRIANGLE = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9))


class Wires:
    """Keeps what was sent to whom."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, AnyMessage]] = []
        self.told: list[tuple[str, tuple[str, ...]]] = []

    def send(self, worker_id: str, message: AnyMessage) -> None:
        self.sent.append((worker_id, message))

    def tell(self, topic: str, ids: tuple[str, ...]) -> None:
        self.told.append((topic, ids))

    def take(self, kind: str) -> list[AnyMessage]:
        """Return the messages of a kind sent since the last call, and forget all."""
        found = [message for _, message in self.sent if message.kind == kind]
        self.sent.clear()
        return found


class OneSecret:
    """A vault with one password."""

    def get(self, name: str) -> str | None:
        return f"admin:{SECRET}" if name == "gate" else None

    def put(self, name: str, secret: str) -> None:
        raise Unavailable("this vault is read only")

    def delete(self, name: str) -> None:
        raise Unavailable("this vault is read only")


def camera(number: str = "01", *, is_watched: bool = True, credentials: str = "") -> Camera:
    camera_id = CameraId(f"cam{number}")
    rule = CameraRule(
        rule_id=RuleId("van-bay"),
        camera_id=camera_id,
        zone=Zone(name="禁停区 A", polygon=TRIANGLE),
        category=CategoryCode("09009"),
        labels=("car",),
        dwell_s=10.0,
        minimum_score=0.3,
    )
    return Camera(
        camera_id=camera_id,
        number=number,
        name=f"路口 {number}",
        place=Place(address="学府路 12 号"),
        main_address=f"rtsp://127.0.0.1:1/{camera_id}/main",
        sub_address=f"rtsp://127.0.0.1:1/{camera_id}/sub",
        credentials_name=credentials,
        rules=(rule,) if is_watched else (),
    )


def hit(name: str = "hit-1") -> RuleHit:
    return RuleHit(
        hit_id=name,
        camera_id="cam01",
        rule_id="van-bay",
        zone_name="禁停区 A",
        polygon=TRIANGLE,
        track_id=7,
        label="car",
        score=0.7,
        mean_score=0.6,
        box=(0.4, 0.4, 0.6, 0.6),
        dwell_s=10.1,
        began_media_s=31.9,
        media_time_s=42.0,
        received_at=NOW,
        model_name="efficientdet-lite0",
        model_sha256="ab" * 32,
        device="CPU",
        precision="f32",
    )


def shared_memory(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
