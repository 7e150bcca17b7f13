"""What can be known of a loudspeaker, and what the sending thread asks of one."""

from typing import Literal, Protocol

from console.infrastructure.voice.codecs import Codec

Reach = Literal["waiting", "sent", "accepted", "playing", "failed"]
"""How far speech is known to have come; a driver says no more than its protocol tells it."""


class SpeakerDriver(Protocol):
    """One loudspeaker during one talk session. Used by the session's thread only."""

    speaker_id: str
    codec: Codec
    reached: Reach

    def send(self, payload: bytes) -> None:
        """Send 20 ms of speech without waiting; a failure shows in ``reached``."""
        ...

    def close(self) -> None:
        """End the session at the speaker."""
        ...
