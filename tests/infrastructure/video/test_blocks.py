"""Blocks of memory for packets: nothing is changed in them, and nothing of them stays behind."""

import gc
import weakref

import pytest

from console.infrastructure.video.blocks import BLOCK_BYTES, Blocks

SIZES = (0, 1, 700, BLOCK_BYTES, 3 * BLOCK_BYTES, 12, 90_000) * 9


def test_every_packet_is_kept_as_it_came_whatever_its_size() -> None:
    blocks = Blocks()
    came = [bytes([number % 251]) * size for number, size in enumerate(SIZES)]

    kept = [blocks.kept(one) for one in came]

    assert [bytes(view) for view in kept] == came


def test_what_is_kept_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        Blocks().kept(b"picture")[0] = 0


def test_a_block_goes_back_to_the_system_with_the_last_packet_in_it() -> None:
    blocks = Blocks()
    minute = [blocks.kept(bytes(BLOCK_BYTES // 4)) for _ in range(40)]
    taken = [weakref.ref(view.obj) for view in minute]
    assert len({id(one()) for one in taken}) == 10

    del minute[:38]
    gc.collect()

    assert len({id(one()) for one in taken if one() is not None}) == 1
