"""Claims about measuring the looking: what is a ratio, what is held, and when nothing is judged."""

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from console.application.errors import Unavailable
from console.bench.bare_model import throughput_of
from console.bench.vision_feed import Feed
from console.bench.vision_rounds import Measured, holds, summary
from console.bench.vision_station import street_rules
from console.infrastructure.channel.messages import LookSlot, Seen
from console.infrastructure.clock import SystemClock
from console.infrastructure.frame_slots import SlotReader, SlotRing, create
from console.infrastructure.vision.rules import rule_of
from inference.frames import Frame

WHEN = datetime(2026, 11, 23, tzinfo=UTC)


class _Worker:
    """Looks at every frame it has not seen from the moment it opened the slot, unless it is blind."""

    def __init__(self, folder: Path, *, is_blind: bool) -> None:
        self._folder, self._is_blind = folder, is_blind
        self.rings: list[SlotRing] = []
        self.left: list[str] = []
        self.newest = 1

    def watch(self, camera_id: str, looks_per_s: float) -> LookSlot:
        self.rings.append(create(self._folder / camera_id, 32 * 48))
        return LookSlot(slot_path=str(self.rings[-1].path), width=32, height=32, looks_per_s=looks_per_s)

    def leave(self, camera_id: str) -> None:
        self.left.append(camera_id)

    def next(self, within_s: float) -> Seen | None:
        with SlotReader(self.rings[0].path) as reader:
            newest = reader.newest_sequence()
        if self._is_blind or newest <= self.newest:
            return None
        self.newest = newest
        return Seen(camera_id="cam01", sequence=newest, received_at=WHEN, media_time_s=0.0, tracks=())


def test_ratios_are_of_a_round_each_and_a_restless_limit_gives_no_verdict() -> None:
    calm = Measured(looks_per_s=[18.0, 20.0, 19.0], app_per_s=[20.0, 21.0, 20.0])
    slow = Measured(looks_per_s=[10.0, 10.0, 10.0], app_per_s=calm.app_per_s)
    restless = Measured(looks_per_s=[18.0, 30.0, 19.0], app_per_s=[20.0, 33.0, 20.0])

    assert summary(calm, is_once=False)["throughput_vs_benchmark_app"] == 0.95
    assert summary(calm, is_once=False)["missed"] == []
    assert summary(calm, is_once=True)["missed"] is None
    assert summary(slow, is_once=False)["missed"] == ["throughput_vs_benchmark_app"]
    assert summary(restless, is_once=False)["missed"] is None


def test_what_is_not_inference_is_a_share_of_all_a_look_costs() -> None:
    found = summary(Measured(look_ms=[20.0, 20.0], bare_ms=[14.0, 14.0]), is_once=False)
    assert found["non_inference_cpu_share"] == pytest.approx(0.3)
    assert found["missed"] == ["non_inference_cpu_share"]


def test_a_late_overlay_and_a_wall_with_gaps_are_misses() -> None:
    measured = Measured(
        delay_ms=[100.0] * 90 + [300.0] * 10, alone_per_s=[20.0] * 3, beside_per_s=[12.0] * 3, painted=[0.99] * 3
    )
    found = summary(measured, is_once=False)
    assert found["overlay_delay_p95_ms"] == 300.0
    assert found["beside_16_streams_ratio"] == 0.6
    assert found["missed"] == ["painted_ratio", "overlay_delay_p95_ms"]


def test_cameras_are_held_only_when_the_slowest_gets_its_looks() -> None:
    even, starved = Counter({"a": 40, "b": 37}), Counter({"a": 42, "b": 36})
    assert holds(even, 2, 5, 8.0)
    assert not holds(starved, 2, 5, 8.0)
    assert not holds(even, 3, 5, 8.0)


def test_the_limit_is_read_off_what_openvino_says() -> None:
    assert throughput_of("[ INFO ]    Max: 82.15 ms\n[ INFO ] Throughput:   20.99 FPS\n") == 20.99
    with pytest.raises(Unavailable):
        throughput_of("[ ERROR ] no such model")


def test_the_rules_that_are_measured_are_rules_of_the_product() -> None:
    assert len({type(rule_of(rule)) for rule in street_rules()}) == 3


def test_each_frame_is_looked_at_once_and_none_is_counted_that_nobody_saw(tmp_path: Path) -> None:
    planes = np.full((48, 32), 50, np.uint8)
    frames = [Frame(i420=planes, content_px=(32, 32), sequence=1, media_time_s=0.0)]
    seeing, blind = _Worker(tmp_path, is_blind=False), _Worker(tmp_path, is_blind=True)
    with closing(Feed(seeing, ["cam01"], 5.0, frames, SystemClock())) as feed:
        assert feed.serve(0.4) > 0
        assert 1 <= seeing.newest - 1 == feed.looks["cam01"]
    with closing(Feed(blind, ["cam02"], 5.0, frames, SystemClock())) as feed:
        assert feed.serve(0.05) == 0.0
    assert (seeing.left, blind.left) == (["cam01"], ["cam02"])
    for ring in (*seeing.rings, *blind.rings):
        ring.remove()
