"""Claims about what a verifier may do with an alarm."""

from dataclasses import replace

import pytest

from console.domain.verifier_policy import Act, Policy, act_on


def test_nothing_is_kept_off_the_queue_in_shadow_or_above_the_line_or_of_high_priority() -> None:
    trusted = Policy(is_trusted=True, line=0.3, sampled=0.02)

    assert act_on("a", 0.01, replace(trusted, is_trusted=False), may_suppress=True) is Act.SHADOW
    assert act_on("a", 0.30, trusted, may_suppress=True) is Act.RANK
    assert act_on("a", 0.01, trusted, may_suppress=False) is Act.RANK
    assert act_on("a", 0.0, Policy(is_trusted=True), may_suppress=True) is Act.RANK


def test_of_what_lies_below_the_line_a_share_is_shown_always_the_same() -> None:
    policy = Policy(is_trusted=True, line=0.3, sampled=0.1)
    acts = [act_on(f"alarm-{number}", 0.1, policy, may_suppress=True) for number in range(2000)]

    assert set(acts) == {Act.SUPPRESS, Act.SAMPLE}
    assert 0.08 < acts.count(Act.SAMPLE) / len(acts) < 0.12
    assert acts == [act_on(f"alarm-{number}", 0.1, policy, may_suppress=True) for number in range(2000)]


@pytest.mark.parametrize(("line", "sampled"), [(0.51, 0.1), (-0.1, 0.1), (0.2, 0.0), (0.2, 1.1)])
def test_a_supervisor_cannot_hide_what_is_likely_real_nor_stop_the_sample(line: float, sampled: float) -> None:
    with pytest.raises(ValueError):
        Policy(is_trusted=True, line=line, sampled=sampled)
