"""A span of a recording as one clip: packets of its segments, in order, not one of them coded anew."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import av
import av.error

from console.application.errors import Unavailable
from console.infrastructure.channel.messages import RecordedPart
from console.infrastructure.video.clips import Written
from console.infrastructure.video.kept_sound import KeptSound, SoundFormat, audio_of, head_of
from console.infrastructure.video.packets import KeptPacket, StreamFormat
from console.infrastructure.video.segments import Sink
from console.infrastructure.video.tracks import Tracks, in_time, with_sound

_FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
_TO_ANNEX_B = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}


@dataclass(frozen=True, slots=True)
class Span:
    """What a span holds: its format, its packets from the key picture at or before its begin, and their sound.

    Attributes:
        sounds: by the media time of the packets.
    """

    form: StreamFormat
    packets: list[KeptPacket]
    sound: SoundFormat | None = None
    sounds: list[KeptSound] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one segment holds; its sounds with the moment each came."""

    form: StreamFormat
    packets: list[KeptPacket]
    sound: SoundFormat | None
    sounds: list[tuple[datetime, KeptSound]]
    described: tuple[object, ...]


def packets_between(parts: tuple[RecordedPart, ...], from_at: datetime, to_at: datetime) -> Span:
    """Return the packets of a span.

    Args:
        parts: its segments, oldest first. Where the picture changes its codec or size the span ends: no file holds two.
            Where the sound does, the pictures go on without.

    Raises:
        Unavailable: a segment cannot be read, or has no picture of that time.
    """
    form: StreamFormat | None = None
    sound: SoundFormat | None = None
    found: list[KeptPacket] = []
    described: tuple[object, ...] = ()
    heard: list[tuple[datetime, KeptSound]] = []
    for part in parts:
        try:
            read = _read(part)
        except (OSError, av.error.FFmpegError, IndexError) as cause:
            raise Unavailable("Recording {name} cannot be read.", name=Path(part.path).stem) from cause
        of_part, packets = read.form, read.packets
        if form is None:
            form = of_part
        elif (form.codec, form.width, form.height, form.time_base) != (
            of_part.codec,
            of_part.width,
            of_part.height,
            of_part.time_base,
        ):
            break
        last = found[-1].received_at if found else None
        found += [packet for packet in packets if last is None or packet.received_at > last]
        if sound is None:
            sound, described = read.sound, read.described
        if described == read.described:
            heard += [one for one in read.sounds if not heard or one[0] > heard[-1][0]]
    first = max((n for n, one in enumerate(found) if one.is_key and one.received_at <= from_at), default=0)
    chosen = [one for one in found[first:] if one.received_at <= to_at]
    if form is None or not chosen:
        raise Unavailable("The recording has no picture of that time.")
    first_at, last_at = chosen[0].received_at, chosen[-1].received_at
    sounds = [
        replace(one, media_time_s=chosen[0].media_time_s + (at - first_at).total_seconds())
        for at, one in heard
        if first_at <= at <= last_at
    ]
    return Span(form, _counted_on(form, chosen), sound if sounds else None, sounds)


def write_span(span: Span, path: Path) -> Written:
    """Write a span to a fragmented MP4, not one packet of it coded anew.

    Raises:
        Unavailable: the disk failed, or the packets cannot be put into a file.
    """
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        sink = Sink(draft)
        try:
            _mux(span, sink)
            sink.sync()
        finally:
            sink.close()
        draft.replace(path)
    except (OSError, av.error.FFmpegError) as cause:
        draft.unlink(missing_ok=True)
        reason = cause.strerror if isinstance(cause, OSError) else type(cause).__name__
        raise Unavailable("The clip could not be written: {reason}.", reason=reason or "") from cause
    return Written(path=path, sha256=sink.sha256, size_bytes=sink.size_bytes)


def _mux(span: Span, sink: Sink) -> None:
    first = span.packets[0]
    # By when they came, as their new time stamps are: media time begins anew where a worker did.
    pictures = [
        replace(one, media_time_s=first.media_time_s + (one.received_at - first.received_at).total_seconds())
        for one in span.packets
    ]
    with av.open(sink, "w", format="mp4", options=with_sound(_FRAGMENTED, span.sound)) as output:
        tracks = Tracks(output, span.form, first, span.sound)
        for one in in_time(pictures, span.sounds):
            if isinstance(one, KeptSound):
                tracks.add_sound(one)
            else:
                tracks.add(one)
        tracks.end()


def _read(part: RecordedPart) -> _Part:
    with av.open(part.path) as container:
        stream = container.streams.video[0]
        codec, base = stream.codec_context.name, stream.time_base
        if base is None:
            raise OSError("no time base")
        form = StreamFormat(
            codec=codec,
            extradata=b"",
            time_base=base,
            width=stream.codec_context.width,
            height=stream.codec_context.height,
        )
        to_annex_b = av.BitStreamFilterContext(_TO_ANNEX_B[codec], stream) if codec in _TO_ANNEX_B else None
        packets = []
        sounds = []
        heard = audio_of(container.streams) if container.streams.audio else None
        sound: SoundFormat | None = None
        described: tuple[object, ...] = ()
        if heard is not None and heard.time_base is not None:
            said = heard.codec_context
            sound = SoundFormat(codec=said.name, head=head_of(heard), time_base=heard.time_base)
            described = (said.name, said.sample_rate, said.layout.name, said.extradata)
        for packet in container.demux((stream,) if heard is None else (stream, heard)):
            if not packet.size:
                continue
            if packet.stream is heard:
                if sound is not None and packet.pts is not None:
                    passed_s = float(packet.pts * sound.time_base)
                    kept = KeptSound(data=bytes(packet), duration=packet.duration or 0, media_time_s=passed_s)
                    sounds.append((part.begins_at + timedelta(seconds=passed_s), kept))
                continue
            for made in to_annex_b.filter(packet) if to_annex_b is not None else [packet]:
                if made.dts is None or made.pts is None:
                    continue
                passed_s = float(made.dts * base)
                offset_s = part.clock_offset_s
                at = part.begins_at + timedelta(seconds=passed_s)
                packets.append(
                    KeptPacket(
                        data=bytes(made),
                        pts=made.pts,
                        dts=made.dts,
                        is_key=made.is_keyframe,
                        media_time_s=part.media_from_s + passed_s,
                        received_at=at,
                        captured_at=at + timedelta(seconds=offset_s) if offset_s is not None else None,
                    )
                )
    return _Part(form, packets, sound, sounds, described)


def _counted_on(form: StreamFormat, packets: list[KeptPacket]) -> list[KeptPacket]:
    """Return the packets with time stamps that go on over the ends of segments, gaps as long as they were."""
    begin = packets[0].received_at
    counted: list[KeptPacket] = []
    for packet in packets:
        dts = round((packet.received_at - begin).total_seconds() / form.time_base)
        if counted:
            dts = max(dts, counted[-1].dts + 1)
        counted.append(
            KeptPacket(
                data=packet.data,
                pts=dts + packet.pts - packet.dts,
                dts=dts,
                is_key=packet.is_key,
                media_time_s=packet.media_time_s,
                received_at=packet.received_at,
                captured_at=packet.captured_at,
            )
        )
    return counted
