"""Claims about sound that is kept: none of it is lost, it lies beside its pictures, and goes when it may not stay."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import av
import pytest

from console.domain.cameras import StreamProfile
from console.domain.ids import CameraId, SegmentId
from console.domain.recordings import RecordingClass, Segment
from console.infrastructure.channel.messages import CutClip, RecordedPart
from console.infrastructure.recording_repair import close_left_draft
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.video.fragments import stamps_of
from console.infrastructure.video.growing_clip import GrowingClip
from console.infrastructure.video.kept_sound import KeptSound, SoundFormat, SoundKeeper
from console.infrastructure.video.packets import KeptPacket, StreamFormat
from console.infrastructure.video.recorded_span import packets_between, write_span
from console.infrastructure.video.recording import Recording
from console.infrastructure.video.ring import PacketRing
from console.infrastructure.video.segments import SegmentFile
from console.infrastructure.video.tracks import in_time
from tests.infrastructure.video.numbered_clips import pictures_in
from tests.infrastructure.video.recorded import NOON, packets_of
from tests.peers.listening.flash_and_beep import HZ, Codec, beeps_in, flashes_in, make_flash_and_beep, most_apart_ms

SECONDS = 6
NEAR_MS = 80.0
KEPT_AS = {"aac": "aac", "pcm_mulaw": "flac", "pcm_alaw": "flac"}


@pytest.fixture(scope="module", params=list(HZ))
def street(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clip that flashes and beeps, with each codec that cameras send."""
    codec: Codec = request.param
    name = f"street-{codec}.{'mp4' if codec == 'aac' else 'mov'}"
    return make_flash_and_beep(tmp_path_factory.mktemp("street") / name, codec, SECONDS)


def sound_of(clip: Path) -> tuple[SoundFormat, list[KeptSound]]:
    """Return a clip's sound as a stream's thread keeps it."""
    with av.open(str(clip)) as container:
        stream = container.streams.audio[0]
        keeper = SoundKeeper(stream)
        base = stream.time_base
        assert base is not None
        kept = [one for packet in container.demux(stream) for one in keeper.take(packet, lambda at: float(at * base))]
        assert keeper.form is not None
        assert not keeper.damaged
        return keeper.form, kept


def samples_of(path: Path) -> bytes:
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono")
        return b"".join(
            made.to_ndarray().tobytes() for frame in container.decode(audio=0) for made in resampler.resample(frame)
        )


def ring_of(clip: Path) -> tuple[PacketRing, StreamFormat, list[KeptPacket]]:
    """Return a ring into which a clip has come, its sound beside its pictures."""
    form, packets = packets_of(clip)
    sound, sounds = sound_of(clip)
    ring = PacketRing(60.0)
    ring.begin(form)
    for one in in_time(packets, sounds):
        if isinstance(one, KeptSound):
            ring.add_sound(sound, one)
        else:
            ring.add(one)
    return ring, form, packets


def cut(ring: PacketRing, path: Path, from_s: float, to_s: float) -> Path:
    order = CutClip(request_id="r", stream_id="s", from_media_s=from_s, to_media_s=to_s, path=str(path))
    clip = GrowingClip(order)
    clip.grow(ring, is_over=True)
    written = clip.finish()
    assert written.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    return path


def test_a_clip_has_the_sound_of_its_pictures_and_not_one_picture_is_changed(street: Path, tmp_path: Path) -> None:
    clip = cut(ring_of(street)[0], tmp_path / "clip.mp4", 1.5, 4.5)
    assert len(flashes_in(clip)) == 3
    assert len(beeps_in(clip)) == 4, "the one at its begin, and one for each flash"
    assert most_apart_ms(clip) < NEAR_MS
    kept, sent = pictures_in(clip), pictures_in(street)
    first = sent.index(kept[0])
    assert kept == sent[first : first + len(kept)]
    assert len(kept) == 176, "eighty-eight pictures of two units each"


def test_every_sample_is_kept_and_what_an_mp4_takes_is_not_coded_anew(street: Path, tmp_path: Path) -> None:
    ring, _, _ = ring_of(street)
    clip = cut(ring, tmp_path / "clip.mp4", 0.0, SECONDS)
    with av.open(str(clip)) as container, av.open(str(street)) as camera:
        kept, sent = container.streams.audio[0], camera.streams.audio[0]
        assert kept.codec_context.name == KEPT_AS[sent.codec_context.name]
        if kept.codec_context.name == "aac":
            sent_packets = [bytes(one) for one in camera.demux(sent) if one.pts is not None and one.pts >= 0]
            kept_packets = [bytes(one) for one in container.demux(kept) if one.size]
            assert len(kept_packets) > 80
            assert kept_packets == sent_packets[: len(kept_packets)]
            return
    kept_samples, sent_samples = samples_of(clip), samples_of(street)
    assert len(kept_samples) > 0.95 * len(sent_samples)
    assert kept_samples == sent_samples[: len(kept_samples)]


def test_the_aac_of_a_transport_stream_is_kept_as_it_came(tmp_path: Path) -> None:
    clip = make_flash_and_beep(tmp_path / "street.mp4", "aac", 3)
    sent = tmp_path / "street.ts"
    with av.open(str(clip)) as source, av.open(str(sent), "w", format="mpegts") as output:
        stream = source.streams.audio[0]
        made = output.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.size:
                packet.stream = made
                output.mux(packet)
    form, packets = packets_of(clip)
    sound, sounds = sound_of(sent)
    assert sound.codec == "aac"
    ring = PacketRing(60.0)
    ring.begin(form)
    begins_s = sounds[0].media_time_s
    for one in packets:
        ring.add(one)
    for heard in sounds:
        ring.add_sound(sound, replace(heard, media_time_s=heard.media_time_s - begins_s - 1024 / HZ["aac"]))
    assert most_apart_ms(cut(ring, tmp_path / "clip.mp4", 0.0, 3.0)) < NEAR_MS


def test_sound_that_began_late_or_fell_silent_is_heard_at_its_own_time(street: Path, tmp_path: Path) -> None:
    form, packets = packets_of(street)
    sound, sounds = sound_of(street)
    ring = PacketRing(60.0)
    ring.begin(form)
    for one in in_time(packets, (one for one in sounds if 0.9 < one.media_time_s < 1.5 or one.media_time_s > 3.9)):
        if isinstance(one, KeptSound):
            ring.add_sound(sound, one)
        else:
            ring.add(one)
    clip = cut(ring, tmp_path / "clip.mp4", 0.0, SECONDS)
    beeps = beeps_in(clip)
    assert beeps == pytest.approx([1.0, 4.0, 5.0], abs=NEAR_MS / 1000)
    assert flashes_in(clip) == pytest.approx([1.0, 2.0, 3.0, 4.0, 5.0], abs=0.001)


def test_nothing_of_it_stays_in_memory_when_it_may_be_kept_no_longer(street: Path, tmp_path: Path) -> None:
    ring, form, _ = ring_of(street)
    assert ring.sound_of(form) is not None
    ring.forget_sound()
    assert ring.sound_of(form) is None
    with av.open(str(cut(ring, tmp_path / "clip.mp4", 0.0, 3.0))) as container:
        assert not container.streams.audio


def test_sound_is_kept_as_long_as_its_pictures_and_no_longer() -> None:
    form = StreamFormat(codec="h264", extradata=b"", time_base=Fraction(1, 1000), width=2, height=2)
    sound = SoundFormat(codec="aac", head=b"", time_base=Fraction(1, 1000))
    ring = PacketRing(10.0)
    ring.begin(form)
    for number in range(2_000):
        at_s = number / 20
        if number < 1_000:  # then the pictures stand still, and the sound goes on
            ring.add(a_picture(number, at_s))
        ring.add_sound(sound, KeptSound(data=bytes(100), duration=25, media_time_s=at_s))
        kept = ring.sound_of(form)
        assert kept is not None
        assert kept[1][-1].media_time_s - kept[1][0].media_time_s <= 20.1
        if number == 999:
            pictures = ring.all()
            assert pictures is not None
            assert kept[1][0].media_time_s == pictures[1][0].media_time_s


def a_picture(number: int, at_s: float) -> KeptPacket:
    return KeptPacket(
        data=bytes(10),
        pts=round(at_s * 1000),
        dts=round(at_s * 1000),
        is_key=number % 20 == 0,
        media_time_s=at_s,
        received_at=NOON + timedelta(seconds=at_s),
        captured_at=None,
    )


def segment_of(shelf: RecordingShelf, clip: Path, name: str, first: int, count: int) -> tuple[SegmentFile, Segment]:
    """Write some pictures of a clip, and the sound beside them, as the recorder does; the file is left open."""
    form, packets = packets_of(clip)
    sound, sounds = sound_of(clip)
    chosen = packets[first : first + count]
    key = chosen[0]
    birth = Segment(
        segment_id=SegmentId(name),
        camera_id=CameraId("c"),
        profile=StreamProfile.MAIN,
        made_for=RecordingClass.MANUAL,
        path=f"2026/{name}.mp4",
        begins_at=key.received_at,
        ends_at=key.received_at,
        media_from_s=key.media_time_s,
        media_to_s=key.media_time_s,
        size_bytes=0,
        sha256="",
        codec=form.codec,
        width=form.width,
        height=form.height,
    )
    drafts = shelf.begin_drafts()
    file = SegmentFile(birth, form, key, drafts.new(birth.segment_id), sound)
    drafts.close()
    beside = [one for one in sounds if key.media_time_s <= one.media_time_s <= chosen[-1].media_time_s]
    for one in in_time(chosen, beside):
        if isinstance(one, KeptSound):
            file.add_sound(one)
        else:
            file.add(one)
    return file, birth


def test_a_segment_that_a_power_cut_ended_has_its_sound_up_to_its_last_whole_picture(
    street: Path, tmp_path: Path
) -> None:
    shelf = RecordingShelf(tmp_path / "recordings")
    file, _ = segment_of(shelf, street, "a", 0, 110)
    left = tmp_path / "left.mp4"
    left.write_bytes(file.draft.read_bytes()[:-200])  # the last fragment is half on the disk
    file.abandon()
    file.draft.write_bytes(left.read_bytes())
    segment = close_left_draft(file.draft, shelf)
    assert segment is not None
    kept = shelf.absolute(segment.path)
    whole_s = (segment.ends_at - segment.begins_at).total_seconds()
    with Recording(kept) as pictures:
        assert 3.0 < whole_s < 4.4
        assert pictures.times_s[-1] == pytest.approx(whole_s - 0.04, abs=0.001)
        assert pictures.picture(len(pictures.times_s) - 1) is not None
    assert most_apart_ms(kept) < NEAR_MS


def test_the_times_in_its_tables_are_those_of_its_pictures(street: Path, tmp_path: Path) -> None:
    clip = cut(ring_of(street)[0], tmp_path / "clip.mp4", 0.0, SECONDS)
    with open(clip, "rb") as file:
        told = stamps_of(file)
    with av.open(str(clip)) as container:
        read = [(one.pts, one.is_keyframe) for one in container.demux(container.streams.video[0]) if one.size]
    assert told == read


def test_a_cut_over_two_segments_has_the_sound_of_both(street: Path, tmp_path: Path) -> None:
    shelf = RecordingShelf(tmp_path / "recordings")
    parts = []
    for name, first in (("a", 0), ("b", 75)):
        file, birth = segment_of(shelf, street, name, first, 75)
        file.close()
        media_from_s = birth.media_from_s + (500.0 if name == "b" else 0.0)  # its worker was started anew
        parts.append(RecordedPart(path=str(file.draft), begins_at=birth.begins_at, media_from_s=media_from_s))
    span = packets_between(tuple(parts), NOON + timedelta(seconds=1), NOON + timedelta(seconds=5.5))
    written = write_span(span, tmp_path / "cut.mp4")
    assert flashes_in(written.path) == pytest.approx([1.0, 2.0, 3.0, 4.0], abs=0.001)
    assert len(beeps_in(written.path)) == 5, "the one at its begin, and one for each flash"
    assert most_apart_ms(written.path) < NEAR_MS
