"""The hour itself: sixteen cameras on a wall, one of them heard."""

import json
import subprocess
import sys

import pytest


@pytest.mark.long
@pytest.mark.peer
@pytest.mark.timeout(5400)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and a screen's memory")
def test_an_hour_of_sixteen_cameras_is_painted_and_heard_in_time_and_no_process_grows() -> None:
    words = ["wall", "--minutes", "60", "--streams", "16", "--sound", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "console", "bench", *words], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["missed"] == []
