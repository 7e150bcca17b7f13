"""A stream's sound as we keep it: the camera's own packets where an MP4 takes them, else coded anew without loss."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.container.streams import StreamContainer
from av.packet import Packet

# What an MP4 takes as it comes. G.711, which most cameras send, has no place in one (FFmpeg's muxer refuses it too).
_COPIED = ("aac", "opus")
_SAY_ALL = ("mp3", "ac3")  # each packet describes itself
# FLAC gives back each sample that G.711 or G.726 stood for, needs no more room than they do, and is heard at once:
# AAC of 8 kHz would lose something of the evidence, and shift it by the 128 ms of its first frame.
_LOSSLESS = "flac"
_HEAD_ONLY = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
# A packet that begins so much later or earlier than the one before it ended is no longer joined to it (judgement).
JOINED_S = 0.04
MOST_SAMPLES = 48_000  # of one packet: a damaged stream must not take the memory of a minute at once
MOST_BYTES = 1 << 16  # of one packet
_ADTS_HEAD, _ADTS_HEAD_CHECKED, _LOW_COMPLEXITY = 7, 9, 1
_ADTS_HZ = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
_ADTS_LAYOUTS = {1: "mono", 2: "stereo"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SoundFormat:
    """What a file has to say of its sound. Two of them are one only if they are the same object.

    Attributes:
        codec: as it lies in the file.
        head: an MP4 without a single packet that describes this sound: from it a muxer learns what to write.
        time_base: of the packets' times.
    """

    codec: str
    head: bytes
    time_base: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSound:
    """One packet of sound.

    Attributes:
        data: as the camera sent it, or coded anew without loss. duration: in ``time_base`` of its format.
        media_time_s: of its first sample, on the time scale of the pictures beside it.
    """

    data: bytes
    duration: int
    media_time_s: float


def head_of(stream: AudioStream) -> bytes:
    """Return a description of a stream's sound for ``SoundFormat.head``.

    Raises:
        av.error.FFmpegError, ValueError: an MP4 does not take it, or the stream does not say enough of itself.
    """
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options=_HEAD_ONLY) as output:
        output.add_stream_from_template(stream)
        output.start_encoding()
    return file.getvalue()


def template_of_sound(form: SoundFormat) -> tuple[InputContainer, AudioStream]:
    """Return a stream that describes the sound to a muxer; close its container afterwards."""
    container = av.open(io.BytesIO(form.head), "r", format="mp4")
    return container, audio_of(container.streams)


def audio_of(streams: StreamContainer) -> AudioStream:
    return streams.audio[0]


class SoundKeeper:
    """One connection's sound, made ready for a file. Owned by the stream's thread.

    Attributes:
        form: ``None`` while nothing is known of it yet, or when it cannot be kept at all.
        damaged: packets that could not be kept.
    """

    def __init__(self, stream: AudioStream) -> None:
        self.form: SoundFormat | None = None
        self.damaged = 0
        self._stream = stream
        self._is_framed = False
        self._lossless: _Lossless | None = None
        context = stream.codec_context
        if context.name in _SAY_ALL or (context.name in _COPIED and context.extradata):
            try:
                self.form = _form(context.name, head_of(stream), stream.time_base)
            except (av.error.FFmpegError, ValueError):
                self.form = None
        self._is_framed = self.form is None and context.name == "aac"
        if self.form is None and not self._is_framed:
            self._begin_lossless()

    def take(self, packet: "Packet[AudioStream]", media_time_of: Callable[[int], float | None]) -> list[KeptSound]:
        """Return what a packet gives for a file; what cannot be kept is left out, and is not the end of the stream.

        Args:
            media_time_of: gives the time of a stamp in the stream's time base, on the time scale of its pictures;
                ``None`` while no picture has come.
        """
        if packet.pts is None or not 0 < packet.size <= MOST_BYTES:
            return []
        begins_s = media_time_of(packet.pts)
        if begins_s is None:
            return []
        if self._is_framed:
            return self._out_of_its_frame(bytes(packet), begins_s)
        if self._lossless is not None:
            return self._coded_anew(packet, begins_s)
        return [KeptSound(data=bytes(packet), duration=packet.duration or 0, media_time_s=begins_s)]

    def _coded_anew(self, packet: "Packet[AudioStream]", begins_s: float) -> list[KeptSound]:
        assert self._lossless is not None
        try:
            return self._lossless.take(packet, begins_s)
        except (av.error.FFmpegError, ValueError):  # damaged, or a layout that no resampler knows
            self.damaged += 1
            return []

    def _out_of_its_frame(self, data: bytes, begins_s: float) -> list[KeptSound]:
        """A transport stream's AAC has a head before each packet (ISO/IEC 13818-7 §6.2), which an MP4 says once."""
        if len(data) <= _ADTS_HEAD_CHECKED or data[0] != 0xFF or data[1] & 0xF6 != 0xF0:
            self.damaged += 1
            return []
        if self.form is None:
            hz, layout = (data[2] >> 2) & 0xF, _ADTS_LAYOUTS.get((data[2] & 1) << 2 | data[3] >> 6)
            if data[2] >> 6 != _LOW_COMPLEXITY or hz >= len(_ADTS_HZ) or layout is None:
                self._is_framed = False
                self._begin_lossless()
                return []
            self.form = _form("aac", _head_by("aac", _ADTS_HZ[hz], layout), self._stream.time_base)
        begin = _ADTS_HEAD if data[1] & 1 else _ADTS_HEAD_CHECKED
        return [KeptSound(data=data[begin:], duration=0, media_time_s=begins_s)]

    def _begin_lossless(self) -> None:
        context = self._stream.codec_context
        if context.sample_rate <= 0:
            return
        try:
            self._lossless = _Lossless(context.sample_rate, context.layout.name)
        except (av.error.FFmpegError, ValueError):
            return  # nothing here knows this sound: there is none in the recording
        self.form = self._lossless.form


class _Lossless:
    """Codes samples anew, frame by frame of one length, each with its own time."""

    def __init__(self, rate: int, layout: str) -> None:
        self.form = SoundFormat(codec=_LOSSLESS, head=_head_by(_LOSSLESS, rate, layout), time_base=Fraction(1, rate))
        self._rate = rate
        self._layout = layout
        encoder = av.CodecContext.create(_LOSSLESS, "w")
        assert isinstance(encoder, av.AudioCodecContext)
        encoder.sample_rate, encoder.time_base = rate, Fraction(1, rate)
        encoder.layout, encoder.format = layout, "s16"
        encoder.open()
        self._encoder = encoder
        self._resampler = av.AudioResampler(format="s16", layout=layout, rate=rate)
        self._bytes_a_sample = 2 * encoder.channels
        self._frame_bytes = encoder.frame_size * self._bytes_a_sample
        self._waiting = bytearray()
        self._begins_s = 0.0
        self._passed = 0

    def take(self, packet: "Packet[AudioStream]", begins_s: float) -> list[KeptSound]:
        found: list[KeptSound] = []
        for frame in packet.decode():
            if not 0 < frame.samples <= MOST_SAMPLES:
                continue
            lasts_s = frame.samples / frame.sample_rate
            found += self._add(frame, begins_s)
            begins_s += lasts_s
        return found

    def _add(self, frame: av.AudioFrame, begins_s: float) -> list[KeptSound]:
        found: list[KeptSound] = []
        ends_s = self._begins_s + len(self._waiting) / self._bytes_a_sample / self._rate
        if abs(begins_s - ends_s) > JOINED_S:
            if self._waiting:  # the last of it, and silence where nothing came
                self._waiting += bytes(self._frame_bytes - len(self._waiting))
                found += self._frames()
            self._begins_s = begins_s
        frame.pts = None  # a resampler that is told of times fills gaps by itself
        for made in self._resampler.resample(frame):
            self._waiting += bytes(made.planes[0])[: made.samples * self._bytes_a_sample]
        return found + self._frames()

    def _frames(self) -> list[KeptSound]:
        found: list[KeptSound] = []
        while len(self._waiting) >= self._frame_bytes:
            frame = av.AudioFrame(format="s16", layout=self._layout, samples=self._encoder.frame_size)
            frame.planes[0].update(bytes(self._waiting[: self._frame_bytes]))
            frame.sample_rate = self._rate
            frame.pts, self._passed = self._passed, self._passed + self._encoder.frame_size
            del self._waiting[: self._frame_bytes]
            size = self._encoder.frame_size
            found += [
                KeptSound(data=bytes(coded), duration=size, media_time_s=self._begins_s)
                for coded in self._encoder.encode(frame)
            ]
            self._begins_s += size / self._rate
        return found


def _form(codec: str, head: bytes, time_base: Fraction | None) -> SoundFormat | None:
    return SoundFormat(codec=codec, head=head, time_base=time_base) if time_base else None


def _head_by(codec: str, rate: int, layout: str) -> bytes:
    """Return what an encoder would write of such a sound; nothing is coded with it."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options=_HEAD_ONLY) as output:
        stream = cast(AudioStream, output.add_stream(codec, rate=rate))
        stream.codec_context.layout = layout
        stream.codec_context.format = "s16" if codec == _LOSSLESS else "fltp"
        output.start_encoding()
    return file.getvalue()
