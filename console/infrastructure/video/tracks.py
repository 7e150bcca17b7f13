"""A file's tracks while it is written: pictures, and beside them sound where it is kept."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from heapq import merge
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from console.infrastructure.video.kept_sound import KeptSound, SoundFormat, template_of_sound
from console.infrastructure.video.packets import KeptPacket, StreamFormat, as_av_packet, template_of

# How long FFmpeg waits for sound that belongs before a picture, or the other way round. What comes later still is
# written later, and is heard at its time all the same. Of a camera that falls silent a power cut costs so much more.
HELD_BACK_S = 0.5
# Without an edit list, and with times left as they are, each track's first fragment says when it begins; or sound that
# begins behind the first picture is moved to it (seen with FFmpeg 8.1).
_SOUNDING = {
    "use_editlist": "0",
    "avoid_negative_ts": "disabled",
    "max_interleave_delta": str(round(HELD_BACK_S * 1_000_000)),
}


def with_sound(options: dict[str, str], sound: SoundFormat | None) -> dict[str, str]:
    """Return a muxer's options for a file with this sound; the same ones for a file without."""
    if sound is None:
        return options
    return options | _SOUNDING | {"movflags": f"{options['movflags']}+frag_discont"}


class Tracks:
    """Gives packets to a muxer, with times that begin with the first picture's decoding. Owned by its writer's thread.

    Raises:
        OSError, av.error.FFmpegError: in every method: the disk refuses, or the packet fits nowhere.
    """

    def __init__(self, output: OutputContainer, form: StreamFormat, key: KeptPacket, sound: SoundFormat | None) -> None:
        """Args:
        output: opened with ``with_sound``'s options. key: the first picture.
        """
        self._output = output
        self._form = form
        self._sound_form = sound
        self._first_dts = key.dts
        self._last = key
        self._last_stamp = -1
        self._held: Packet[VideoStream] | None = None
        self._held_sound: Packet[AudioStream] | None = None
        self._held_s = self._passed_s = key.media_time_s
        with ExitStack() as templates:
            container, template = template_of(form, key)
            templates.enter_context(container)
            self._pictures = output.add_stream_from_template(template)
            self._pictures.time_base = form.time_base
            if sound is not None:
                container, described = template_of_sound(sound)
                templates.enter_context(container)
                self._sounds = output.add_stream_from_template(described)
                self._sounds.time_base = sound.time_base

    @property
    def written_s(self) -> float:
        """The media time up to which all pictures have been handed on to the file."""
        return self._passed_s - HELD_BACK_S if self._sound_form is not None else self._last.media_time_s

    def add(self, packet: KeptPacket) -> None:
        made = as_av_packet(packet, self._form.time_base, first_dts=self._first_dts)
        made.stream = self._pictures
        self._last = packet
        if self._sound_form is None:
            self._output.mux(made)
            return
        # How long a picture or a piece of sound lasts is known with the next one only. FFmpeg needs to know it: where a
        # fragment that the other track let out ends, it takes the next packet to begin.
        held, self._held = self._held, made
        if held is not None:
            self._mux(held, lasts_to=made)
            self._passed_s = self._held_s
        self._held_s = packet.media_time_s

    def add_sound(self, sound: KeptSound) -> None:
        """Take sound; what begins before the first picture, or before sound that was taken already, is left out."""
        form = self._sound_form
        if form is None:
            return
        picture_s = float((self._last.dts - self._first_dts) * self._form.time_base)
        stamp = round((picture_s + sound.media_time_s - self._last.media_time_s) / form.time_base)
        if stamp <= self._last_stamp:
            return
        self._last_stamp = stamp
        made = cast("Packet[AudioStream]", av.Packet(sound.data))
        made.time_base = form.time_base
        made.pts = made.dts = stamp
        made.duration = sound.duration
        made.is_keyframe = True
        made.stream = self._sounds
        held, self._held_sound = self._held_sound, made
        if held is not None:
            self._mux(held, lasts_to=made)

    def end(self) -> None:
        """Hand on what is held; nothing comes behind it."""
        for held in (self._held, self._held_sound):
            if held is not None:
                self._output.mux(held)
        self._held = self._held_sound = None

    def _mux(
        self, held: "Packet[VideoStream] | Packet[AudioStream]", lasts_to: "Packet[VideoStream] | Packet[AudioStream]"
    ) -> None:
        if held.dts is not None and lasts_to.dts is not None:
            held.duration = lasts_to.dts - held.dts
        self._output.mux(held)


def in_time(packets: Iterable[KeptPacket], sounds: Iterable[KeptSound]) -> Iterator[KeptPacket | KeptSound]:
    """Return pictures and sounds in the order of their times, each first where it belongs."""
    return merge(packets, sounds, key=lambda one: one.media_time_s)
