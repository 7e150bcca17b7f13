"""PyAV as a device that sends by RTMP: its FFmpeg is newer than the machine's and says H.265 as Enhanced RTMP does.

A process of its own: FFmpeg waits for an answer while it holds the interpreter. ``python -m … CLIP ADDRESS``.
"""

import subprocess
import sys
import time
from pathlib import Path

import av

from console.infrastructure.supervisor import environment_for_child


class Publisher:
    """Sends a clip once, at its own pace."""

    def __init__(self, clip: Path, address: str) -> None:
        words = [sys.executable, "-m", "tests.peers.video.publisher", str(clip), address]
        self._process = subprocess.Popen(words, env=environment_for_child({"PYTHONPATH": str(Path.cwd())}))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def send(clip: str, address: str) -> None:
    """Send a clip's packets as they are, each when it is due."""
    with av.open(clip) as source, av.open(address, "w", format="flv") as sink:
        tracks = {stream.index: sink.add_stream_from_template(stream) for stream in source.streams}
        began_s = time.monotonic()
        for packet in source.demux():
            if packet.dts is not None and packet.time_base is not None:
                time.sleep(max(0.0, began_s + float(packet.dts * packet.time_base) - time.monotonic()))
                packet.stream = tracks[packet.stream.index]
                sink.mux(packet)


if __name__ == "__main__":
    send(sys.argv[1], sys.argv[2])
