"""Claims about sound in shared memory: in order, each piece once, and never older than the ring."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from console.infrastructure.frame_slots import SlotUnavailable
from console.infrastructure.sound_slots import (
    PIECE_SAMPLES,
    PIECES,
    SOUND_HZ,
    SoundReader,
    SoundWriter,
    create_sound,
)


@pytest.fixture
def path() -> Iterator[Path]:
    ring = create_sound(Path("/dev/shm") / f"citydesk-test-{secrets.token_hex(6)}-sound")
    yield ring.path
    ring.remove()


def counted(count: int, first: int = 0) -> memoryview:
    return memoryview(np.arange(first, first + count, dtype=np.int16).tobytes())


def test_a_listener_gets_every_piece_once_and_in_order(path: Path) -> None:
    with SoundWriter(path) as writer, SoundReader(path) as reader:
        writer.write(counted(4000), media_time_s=10.0, arrived_s=77.0)
        pieces = reader.take()
        assert b"".join(piece.samples for piece in pieces) == bytes(counted(4000))
        assert [round(piece.media_time_s, 3) for piece in pieces] == [10.0, 10.04, 10.08]
        assert {piece.arrived_s for piece in pieces} == {77.0}
        assert reader.take() == []
        writer.write(counted(8, 4000), 10.0 + 4000 / SOUND_HZ, 78.0)
        (piece,) = reader.take()
        assert piece.samples == bytes(counted(8, 4000))
        assert reader.lost == 0


def test_who_listens_later_begins_with_what_comes_then(path: Path) -> None:
    with SoundWriter(path) as writer:
        writer.write(counted(100), 1.0, 1.0)
        with SoundReader(path) as reader:
            assert reader.take() == []
            writer.write(counted(50), 2.0, 2.0)
            assert [piece.media_time_s for piece in reader.take()] == [2.0]


def test_who_falls_behind_loses_the_oldest_and_knows_how_much(path: Path) -> None:
    with SoundWriter(path) as writer, SoundReader(path) as reader:
        for number in range(PIECES + 10):
            writer.write(counted(PIECE_SAMPLES, number), float(number), 0.0)
        pieces = reader.take()
        assert len(pieces) + reader.lost == PIECES + 10
        assert len(pieces) >= PIECES - 2
        assert [piece.media_time_s for piece in pieces] == [
            float(number) for number in range(PIECES + 10 - len(pieces), PIECES + 10)
        ]
        assert all(piece.samples == bytes(counted(PIECE_SAMPLES, int(piece.media_time_s))) for piece in pieces)


def test_a_ring_that_is_gone_is_said_so() -> None:
    with pytest.raises(SlotUnavailable):
        SoundReader(Path("/dev/shm/citydesk-test-nothing-here"))
