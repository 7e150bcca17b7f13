"""What is known of a camera that is being brought in, and what each step says of it. Frozen, pure, Qt-free."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Protocol
from urllib.parse import unquote, urlsplit

from console.application.onboarding_desk import Login
from console.domain.cameras import STREAM_SCHEMES, Camera
from console.domain.ids import CameraId, new_id
from console.domain.places import Place
from console.domain.ptz import PtzSetup
from console.words import N_
from widgets.state.telling import Told
from widgets.state.tile import StreamTold

# DESIGN §6 and ARCHITECTURE §5: above this gap a picture is no evidence.
EVIDENCE_GAP_S = 1.0
NO_LOGIN = Login()


class Step(IntEnum):
    """In their order along the top."""

    ADDRESS = 0
    SIGN_IN = 1
    PICTURE = 2
    PLACE = 3
    RULES = 4
    TRIAL = 5


STEP_NAMES = (N_("Address"), N_("Sign in"), N_("Picture"), N_("Place and grid"), N_("Rules"), N_("Trial"))


class ProfileTold(Protocol):
    @property
    def token(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def address(self) -> str: ...
    @property
    def can_turn(self) -> bool: ...


class DeviceTold(Protocol):
    """What a device says of itself; ``sentence`` is why it did not."""

    @property
    def request_id(self) -> str: ...
    @property
    def manufacturer(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def clock_offset_s(self) -> float | None: ...
    @property
    def profiles(self) -> Sequence[ProfileTold]: ...
    @property
    def sentence(self) -> str: ...
    @property
    def values(self) -> "dict[str, str]": ...


class TrialStream(StreamTold, Protocol):
    """How the picture fares that is tried."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def codec(self) -> str: ...
    @property
    def clock_offset_s(self) -> float | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a trial has shown so far. Times in seconds of our own steady clock.

    Attributes:
        began_s: when the picture was asked for. first_s: when it was first live, ``None`` before.
        looks: of the detector at this camera; from the first to the last of them ``looked_from_s`` to ``looked_to_s``.
        seen: the most that it saw at once.
        candidates: hits of rules; they were counted and queued nowhere.
    """

    began_s: float
    first_s: float | None = None
    looks: int = 0
    looked_from_s: float = 0.0
    looked_to_s: float = 0.0
    seen: int = 0
    candidates: frozenset[str] = frozenset()

    @property
    def looks_per_s(self) -> float:
        span_s = self.looked_to_s - self.looked_from_s
        return (self.looks - 1) / span_s if self.looks > 1 and span_s > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A camera on its way in. ``is_direct``: a stream's own address was given, no device is asked."""

    camera_id: CameraId = field(default_factory=lambda: CameraId(new_id()))
    address: str = ""
    login: Login = NO_LOGIN
    device: DeviceTold | None = None
    stream: TrialStream | None = None
    trial: Trial | None = None

    @property
    def is_direct(self) -> bool:
        try:
            parts = urlsplit(self.address)
        except ValueError:
            return False
        if parts.scheme in ("http", "https"):  # a device's own page, its ONVIF service, or a stream it serves
            return parts.path not in ("", "/") and not parts.path.startswith("/onvif")
        return parts.scheme in STREAM_SCHEMES

    @property
    def has_picture(self) -> bool:
        """Whether the picture was seen and lives: the proof that step asks for."""
        return self.stream is not None and self.stream.condition == "live"

    @property
    def main_address(self) -> str:
        return self.address if self.is_direct else self.device.profiles[0].address if self.device is not None else ""

    def camera(self, number: str = "", name: str = "", place: str = "", cell: str = "") -> Camera:
        """Return the camera as it would stand in the directory.

        Raises:
            DomainError: the cell is none.
        """
        profiles = self.device.profiles if self.device is not None else ()
        smaller = [one.address for one in profiles[1:] if one.address != self.main_address]
        return Camera(
            camera_id=self.camera_id,
            number=number.strip(),
            name=name.strip(),
            place=Place(address=place.strip(), grid_cell=cell.strip()),
            main_address=self.main_address,
            sub_address=smaller[-1] if smaller and not self.is_direct else "",
        )

    def ptz(self) -> PtzSetup | None:
        """Return how the camera is turned; ``None`` where it cannot be."""
        profiles = self.device.profiles if self.device is not None else ()
        turning = next((one for one in profiles if one.can_turn), None)
        if turning is None or self.is_direct:
            return None
        return PtzSetup(camera_id=self.camera_id, device_address=self.address, profile=turning.token)


def typed(draft: Draft, address: str) -> Draft:
    """Take an address as it was typed or pasted; user and password in it go where they belong."""
    text = address.strip()
    try:
        parts = urlsplit(text)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        return replace(draft, address=text, device=None, stream=None)
    if user:
        text = parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1]).geturl()
    login = Login(user, password) if user else draft.login
    return replace(draft, address=text, login=login, device=None, stream=None)


def signed_in_words(draft: Draft) -> Told:
    """Return what the device said of itself."""
    device = draft.device
    if device is None:
        return Told(N_("This address is a stream's own: no device is asked, and it cannot be turned."))
    values = {
        "model": f"{device.manufacturer} {device.model}".strip() or "–",
        "streams": len(device.profiles),
        "width": device.profiles[0].width,
        "height": device.profiles[0].height,
    }
    if draft.ptz() is not None:
        return Told(N_("Signed in: {model}, {streams} streams, {width}×{height}; it can be turned."), values)
    return Told(N_("Signed in: {model}, {streams} streams, {width}×{height}."), values)


def picture_words(draft: Draft) -> Told:
    """Return size, rate and format of the picture that is seen."""
    stream = draft.stream
    if stream is None or stream.condition != "live":
        return Told(N_("Opening the picture…"))
    values = {
        "width": stream.width,
        "height": stream.height,
        "rate": f"{stream.frames_per_s:.0f}",
        "codec": stream.codec.upper() or "–",
    }
    return Told(N_("Live: {width}×{height}, {rate} pictures/s, {codec}"), values)


def looked(trial: Trial, now_s: float, seen: int) -> Trial:
    """Take in a look of the detector that saw so many things."""
    from_s = trial.looked_from_s if trial.looks else now_s
    return replace(trial, looks=trial.looks + 1, looked_from_s=from_s, looked_to_s=now_s, seen=max(trial.seen, seen))


def trial_words(draft: Draft, *, has_rules: bool) -> tuple[Told, ...]:
    """Return what the trial has shown: how fast the picture came, what looked at it, and what that would cost."""
    trial, stream = draft.trial, draft.stream
    if trial is None or trial.first_s is None or stream is None:
        return (Told(N_("Opening the picture as it will be kept…")),)
    said = [Told(N_("First picture {seconds} s after it was asked for."), {"seconds": f"{trial.first_s:.1f}"})]
    if not has_rules:
        said.append(Told(N_("No rule watches it: it is shown when somebody asks for it, and raises no alarm.")))
    elif not trial.looks:
        said.append(Told(N_("The detector has not looked yet…")))
    else:
        values = {"looks": trial.looks, "seen": trial.seen, "candidates": len(trial.candidates)}
        said.append(
            Told(
                N_("{looks} looks, at most {seen} things at once; {candidates} candidates, counted and not queued."),
                values,
            )
        )
    costs = {"width": stream.width, "height": stream.height, "rate": f"{stream.frames_per_s:.0f}"}
    if trial.looks_per_s:
        costs["looks"] = f"{trial.looks_per_s:.1f}"
        said.append(
            Told(N_("It costs {looks} looks/s of the detector, and {width}×{height} at {rate}/s received."), costs)
        )
    else:
        said.append(Told(N_("Shown, it costs {width}×{height} at {rate}/s received and decoded."), costs))
    return tuple(said)


def clock_words(draft: Draft) -> Told:
    """Return how far the camera's clock is from ours, by its stream where it says so, else by the device."""
    gap = draft.stream.clock_offset_s if draft.stream is not None else None
    if gap is None and draft.device is not None:
        gap = draft.device.clock_offset_s
    if gap is None:
        return Told(N_("Its clock is not known: what it shows is no evidence."))
    values = {"gap": f"{abs(gap):.1f}"}
    if abs(gap) > EVIDENCE_GAP_S:
        return Told(N_("Its clock is {gap} s off: what it shows is no evidence. Set its clock."), values)
    return Told(N_("Its clock is {gap} s off."), values)
