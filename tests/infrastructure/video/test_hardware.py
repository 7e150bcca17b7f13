"""Claims about decoding on a device: where it is missing or fails the street goes on by software."""

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import av.error
import pytest
from pydantic import SecretStr

from console.infrastructure.channel.messages import LookSlot, OpenStream, PictureSlot
from console.infrastructure.clock import SystemClock
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.video.capture import Capture
from console.infrastructure.video.hardware import Hardware, kinds_of, opened_on
from console.infrastructure.video.opening import Doorway
from console.infrastructure.video.packets import StreamFormat, new_decoder
from console.infrastructure.video.recorder import Recorder
from console.infrastructure.work_notes import WorkNotes
from tests.infrastructure.video.media_station import Slots, Viewer, wait_until
from tests.infrastructure.video.numbered_clips import make_clip, number_in

Watch = Callable[[Hardware, PictureSlot], Capture]
FORM_BASE = Fraction(1, 90_000)
FPS = KEY_EVERY = 10  # of the clip: a key picture a second


class Device:
    """A graphics device that gives so many pictures and then nothing but errors, or nothing at all."""

    is_hwaccel = True

    def __init__(self, form: StreamFormat, pictures: int, *, is_mute: bool) -> None:
        self._decoder, self._left, self._is_mute = new_decoder(form), pictures, is_mute

    def decode(self, packet: "av.Packet[av.VideoStream]") -> list[av.VideoFrame]:
        if self._left == 0 and self._is_mute:
            return []
        if self._left == 0:
            raise av.error.ExternalError(1, "the device is gone")
        self._left -= 1
        return list(self._decoder.decode(packet))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hardware")
    return make_clip(folder / "clip.mp4", seconds=20, fps=FPS, size=(320, 180))


@pytest.fixture
def watch(clip: Path, tmp_path: Path) -> Iterator[Watch]:
    """Return a function that plays the clip as a camera's stream."""
    captures: list[Capture] = []
    clock, notes = SystemClock(), WorkNotes(tmp_path, "media-1")
    recorder = Recorder(RecordingShelf(tmp_path / "recordings"), clock, lambda closed: None)

    def begin(hardware: Hardware, slot: PictureSlot) -> Capture:
        wish = OpenStream(stream_id="s", camera_id="c", address=SecretStr(f"file://{clip}"), pictures=(slot,))
        captures.append(Capture(wish, clock, recorder, notes, Doorway(clock), hardware=hardware))
        return captures[-1]

    yield begin
    for capture in captures:
        capture.end()
        capture.join(20)
    recorder.end(5)


def failing(pictures: int, *, is_mute: bool = False) -> Hardware:
    def opened(kind: str, form: StreamFormat) -> av.VideoCodecContext:
        return cast("av.VideoCodecContext", Device(form, pictures, is_mute=is_mute))

    return Hardware("vaapi", available=["vaapi"], opened=opened)


@pytest.mark.parametrize(("pictures", "is_mute"), [(0, False), (15, False), (15, True)])
def test_a_device_that_fails_costs_no_more_than_the_way_to_the_next_key_picture(
    pictures: int, is_mute: bool, watch: Watch, slots: Slots, look_at: Callable[[PictureSlot | LookSlot], Viewer]
) -> None:
    slot = slots.picture()
    capture = watch(failing(pictures, is_mute=is_mute), slot)
    viewer = look_at(slot)
    seen = [viewer.next() for _ in range(30)]
    numbers = [number_in(luma) for _, luma in seen]
    assert numbers == sorted(set(numbers))
    noticed_after = 25 if is_mute else 3  # packets
    assert max(after - before for before, after in itertools.pairwise(numbers)) <= KEY_EVERY + noticed_after
    assert capture.state().hardware == "" and capture.state().condition == "live"


def test_what_decodes_a_stream_is_said(watch: Watch, slots: Slots) -> None:
    capture = watch(failing(10_000), slots.picture())
    wait_until(lambda: capture.state().hardware == "vaapi", "the device is named")


@pytest.mark.parametrize("wanted", ["auto", "cuda", "qsv", "vaapi", "d3d11va"])
def test_a_device_that_is_not_here_is_no_reason_for_a_black_tile(
    wanted: str, watch: Watch, slots: Slots, look_at: Callable[[PictureSlot | LookSlot], Viewer]
) -> None:
    slot = slots.picture()
    capture = watch(Hardware(wanted), slot)
    look_at(slot).next()
    # Whoever runs this on a machine that has one sees its name.
    assert capture.state().hardware in ("", "cuda", "qsv", "vaapi", "d3d11va")


def test_a_device_that_cannot_be_opened_gives_way_to_the_next_and_then_to_software(clip: Path) -> None:
    tried: list[str] = []

    def opened(kind: str, form: StreamFormat) -> av.VideoCodecContext:
        tried.append(kind)
        return opened_on("nonsense", form)

    with av.open(str(clip)) as container:
        context = container.streams.video[0].codec_context
        form = StreamFormat(codec="h264", extradata=context.extradata or b"", time_base=FORM_BASE, width=0, height=0)
    hardware = Hardware("auto", available=["cuda", "qsv", "vaapi"], opened=opened)
    decoder = hardware.new_decoder(form)
    assert len(tried) >= 2 and hardware.name == "" and decoder.name == "h264"
    hardware.new_decoder(form)
    assert len(tried) == len(set(tried))  # none is asked again for this stream


def test_off_asks_nobody_and_a_name_asks_only_that_one() -> None:
    assert kinds_of("off", ["cuda", "vaapi"]) == ()
    assert kinds_of("qsv", ["cuda", "qsv"]) == ("qsv",)
    assert kinds_of("vaapi", ["cuda", "qsv"]) == ()
