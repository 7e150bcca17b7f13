"""Claims about the health page's line of senders: who was turned away and why, for ten minutes, and no key."""

import pytest

from console.infrastructure.channel.messages import PushRefused, RefusedPush
from console.infrastructure.watch.push_refusals import SHOWN_S, PushRefusals
from console.words import ENGLISH, Words
from tests.infrastructure.watch.test_health_room import HandClock, Workers


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def workers() -> Workers:
    found = Workers()
    found.note("push-1", "push-listener", 1000.0)
    return found


@pytest.fixture
def refusals(workers: Workers, clock: HandClock) -> PushRefusals:
    return PushRefusals(workers, "push-1", clock)


def told(refusals: PushRefusals) -> tuple[str, str]:
    fact = refusals.fact()
    return fact.condition, Words(ENGLISH).say(fact.sentence, **fact.values)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("wrong_key", "its key is wrong"),
        ("unknown", "no key was given to such a device"),
        ("sends_already", "another one sends under its name"),
        ("not_taken", "its pictures are neither H.264 nor H.265"),
        ("no_vault", "the vault does not answer"),
    ],
)
def test_every_way_of_being_turned_away_is_said(reason: RefusedPush, words: str, refusals: PushRefusals) -> None:
    assert told(refusals) == ("ok", "nobody refused in the last 10 min")
    refusals.note(PushRefused(device="drone-9", peer="10.0.0.8", reason="wrong_key"))
    refusals.note(PushRefused(device="drone-1", peer="10.0.0.9", reason=reason))
    assert told(refusals) == ("waiting", f"2 refused in 10 min, last drone-1 from 10.0.0.9: {words}")


def test_a_name_that_is_none_is_not_repeated(refusals: PushRefusals) -> None:
    refusals.note(PushRefused(device="", peer="10.0.0.9", reason="unknown"))
    assert "it gave no name" in told(refusals)[1]


def test_a_refusal_is_gone_after_ten_minutes_and_a_night_of_them_is_a_number(
    refusals: PushRefusals, clock: HandClock
) -> None:
    for _ in range(5000):
        refusals.note(PushRefused(device="drone-1", peer="10.0.0.9", reason="wrong_key"))
    assert told(refusals)[1].startswith("1000 refused")
    clock.passed_s += SHOWN_S
    assert told(refusals)[0] == "ok"


def test_a_listener_that_does_not_run_is_a_fault(refusals: PushRefusals, workers: Workers) -> None:
    workers.note("push-1", "push-listener", None)
    assert told(refusals)[0] == "fault"
