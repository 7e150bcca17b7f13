"""A file served as many cameras by the demo's own RTSP server, for benches where GStreamer is not installed."""

import argparse
import asyncio
import sys
from pathlib import Path

from console.demo.rtsp.reel import read_reel
from console.demo.rtsp.server import LiveStream, RtspServer


def main(arguments: list[str]) -> int:
    """Serve ``/cam01/sub`` and so on until our input is closed; a line says on which port."""
    parser = argparse.ArgumentParser(prog="citydesk --role even-cameras")
    parser.add_argument("file", type=Path)
    parser.add_argument("cameras", type=int)
    chosen = parser.parse_args(arguments)
    asyncio.run(_serve(chosen.file, chosen.cameras))
    return 0


async def _serve(file: Path, cameras: int) -> None:
    reel = read_reel(file)
    # Not all at the same picture: real cameras' key pictures do not come together.
    streams = [
        LiveStream(path=f"/cam{number:02d}/sub", reels={"before": reel}, begins_s=number * 0.37)
        for number in range(1, cameras + 1)
    ]
    server = RtspServer(streams)
    port = await server.start(0)
    print("READY", port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    await server.close()
