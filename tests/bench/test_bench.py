"""Claims about measuring: when enough rounds were run, and what is said of a bench that does not exist yet."""

import pytest

from console.bench.__main__ import BENCHES, main
from console.bench.medians import LEAST_ROUNDS, MOST_ROUNDS, is_settled, spread
from console.bench.start import Measured, summary


def test_a_restless_series_is_measured_longer_than_a_calm_one_but_not_for_ever() -> None:
    calm, restless = [1.0, 1.01, 0.99], [1.0, 1.6, 2.9]

    assert is_settled([calm, calm])
    assert not is_settled([calm[: LEAST_ROUNDS - 1]])
    assert not is_settled([calm, restless])
    assert is_settled([[1.0, 9.0] * MOST_ROUNDS])


def test_there_is_no_verdict_when_the_limit_itself_varied() -> None:
    calm = Measured(limit_s=[0.20, 0.21, 0.20], cold_s=[2.5, 2.6, 2.5], warm_s=[1.4, 1.5, 1.4])
    restless = Measured(limit_s=[0.20, 0.31, 0.20], cold_s=calm.cold_s, warm_s=calm.warm_s)
    slow = Measured(limit_s=calm.limit_s, cold_s=[3.4, 3.4, 3.4], warm_s=calm.warm_s)

    assert spread(restless.limit_s) > 0.2
    assert [summary(one, saw_pixels=True)["meets_target"] for one in (calm, restless, slow)] == [True, None, False]


@pytest.mark.parametrize("name", [name for name, run in BENCHES.items() if run is None])
def test_a_bench_of_later_work_says_that_it_is_not_built(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert main([name, "--json"]) == 2
    assert f"bench {name}: not built yet" in capsys.readouterr().err
