"""Packets as a stream's thread keeps them, and what a recording holds afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np

from console.domain.recordings import Segment
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.video.packets import KeptPacket, StreamFormat
from tests.infrastructure.video.media_station import wait_until
from tests.infrastructure.video.numbered_clips import number_in

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def packets_of(clip: Path, codec: str = "h264") -> tuple[StreamFormat, list[KeptPacket]]:
    """Return a clip's packets as a camera sends them: Annex B, the parameter sets before each key picture."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        base = stream.time_base
        assert base is not None
        to_annex_b = av.BitStreamFilterContext(f"{codec}_mp4toannexb", stream)
        found = []
        for packet in container.demux(stream):
            if not packet.size:
                continue
            for made in to_annex_b.filter(packet):
                assert made.pts is not None
                assert made.dts is not None
                at_s = float(made.dts * base)
                found.append(
                    KeptPacket(
                        data=bytes(made),
                        pts=made.pts,
                        dts=made.dts,
                        is_key=made.is_keyframe,
                        media_time_s=at_s,
                        received_at=NOON + timedelta(seconds=at_s),
                        captured_at=NOON + timedelta(seconds=at_s - 0.2),
                    )
                )
        width, height = stream.codec_context.width, stream.codec_context.height
    return StreamFormat(codec=codec, extradata=b"", time_base=base, width=width, height=height), found


def endless(form: StreamFormat, packets: list[KeptPacket], laps: int) -> Iterator[KeptPacket]:
    """Give the packets over and over, as a camera whose street repeats itself and whose time goes on."""
    step = packets[1].dts - packets[0].dts
    length = packets[-1].dts - packets[0].dts + step
    length_s = float(length * form.time_base)
    for lap in range(laps):
        for packet in packets:
            yield replace(
                packet,
                pts=packet.pts + lap * length,
                dts=packet.dts + lap * length,
                media_time_s=packet.media_time_s + lap * length_s,
                received_at=packet.received_at + timedelta(seconds=lap * length_s),
            )


def wait_for_segments(shelf: RecordingShelf, count: int) -> list[Segment]:
    """Wait until so many segments lie in their place and return them, oldest first."""
    wait_until(lambda: len(shelf.noted()) >= count, f"{count} segments")
    return shelf.noted()


def numbers_in(path: Path) -> list[int]:
    """Return the numbers of a file's pictures, each of them decoded."""
    with av.open(str(path)) as container:
        return [
            number_in(frame.to_ndarray(format="gray").astype(np.uint8, copy=False))
            for frame in container.decode(video=0)
        ]
