"""What the demo's loudspeakers hear, on this machine's own: by the player program the system has."""

import contextlib
import logging
import os
import shutil
import subprocess

from console.infrastructure.voice.sound import Samples

_log = logging.getLogger(__name__)

_PLAYERS = {
    "pacat": ("--playback", "--raw", "--format=s16le", "--channels=1", "--latency-msec=60", "--rate={rate}"),
    "aplay": ("-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", "{rate}"),
}


class SoundCard:
    """Plays sessions as they arrive, each by a player process of its own; says once if it cannot. One thread."""

    def __init__(self) -> None:
        self._program = next((name for name in _PLAYERS if shutil.which(name)), None)
        self._players: dict[int, subprocess.Popen[bytes]] = {}
        self._ending: list[subprocess.Popen[bytes]] = []
        if self._program is None:
            self._give_up("no player program (pacat, aplay) is installed")

    def begin(self, session: int, rate_hz: int) -> None:
        if self._program is None:
            return
        options = [option.format(rate=rate_hz) for option in _PLAYERS[self._program]]
        player = subprocess.Popen(
            [self._program, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        assert player.stdin is not None
        os.set_blocking(player.stdin.fileno(), False)
        self._players[session] = player

    def play(self, session: int, samples: Samples) -> None:
        player = self._players.get(session)
        if player is None or player.stdin is None:
            return
        try:
            player.stdin.write(samples.astype("<i2").tobytes())
        except BrokenPipeError:
            self._give_up("this machine has no sound card that plays")
            self.end(session)

    def end(self, session: int) -> None:
        """Let the player speak its last frames and go."""
        player = self._players.pop(session, None)
        if player is not None and player.stdin is not None:
            with contextlib.suppress(OSError):
                player.stdin.close()
            self._ending = [one for one in [*self._ending, player] if one.poll() is None]

    def close(self) -> None:
        for session in list(self._players):
            self.end(session)
        for player in self._ending:
            player.terminate()
            player.wait()

    def _give_up(self, why: str) -> None:
        self._program = None
        _log.info("what the speakers hear is kept but not played: %s", why)
