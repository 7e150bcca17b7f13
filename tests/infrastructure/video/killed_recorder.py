"""A process that records some streams at their own pace until it is killed; says each picture it was given.

Arguments: the clip, the recordings' root, how many streams. Lines: "given N" per picture of every stream,
"kept SEGMENT N" when N pictures of a segment survive a power cut.
"""

import sys
import threading
import time
from pathlib import Path

from console.infrastructure.channel.messages import RecordingWish
from console.infrastructure.clock import SystemClock
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.video.packets import KeptPacket
from console.infrastructure.video.recorder import Recorder, StreamTap
from console.infrastructure.video.segments import SegmentFile
from tests.infrastructure.video.recorded import endless, packets_of


class CountingFile(SegmentFile):
    """Says what is safe as soon as it is."""

    given = 0

    def add(self, packet: KeptPacket) -> bool:
        is_whole = super().add(packet)
        self.given += 1
        return is_whole

    def sync(self) -> None:
        super().sync()
        say(f"kept {self.birth.segment_id} {self.given - 1}")  # the last one given began the next fragment


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    form, packets = packets_of(Path(sys.argv[1]))
    recorder = Recorder(RecordingShelf(Path(sys.argv[2])), SystemClock(), lambda closed: None)
    taps = [StreamTap(recorder, f"camera-{number}") for number in range(int(sys.argv[3]))]
    wish = RecordingWish(made_for="continuous")
    pause = threading.Event()
    began_s = time.monotonic()
    for number, packet in enumerate(endless(form, packets, 1000)):
        pause.wait(max(0.0, began_s + packet.media_time_s - time.monotonic()))
        for tap in taps:
            tap.take(packet, form, wish)
        say(f"given {number + 1}")


if __name__ == "__main__":
    import console.infrastructure.video.recorder as room

    vars(room)["SegmentFile"] = CountingFile
    main()
