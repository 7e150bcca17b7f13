"""The claim about a model of one's own: after the next start the worker runs it, and no other."""

from pathlib import Path

import pytest

from console.demo.site import SITE_NAME
from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.paths import DATA_VARIABLE
from console.main import main
from tests.flows.running_station import WITHIN_S, a_running_station, a_site, nobody_listening
from tests.inference.small_model import an_answer, built
from tests.infrastructure.video.numbered_clips import make_clip
from tests.test_models_command import written


@pytest.mark.media
@pytest.mark.timeout(300)
def test_the_worker_runs_the_model_that_was_chosen_from_the_stations_next_start_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    make_clip(tmp_path / "street.mp4", seconds=2.0)
    manifest, _ = built(tmp_path, an_answer())
    papers = written(tmp_path, manifest)
    options = ["--clip", str(tmp_path / "street.mp4"), "--device", "CPU", "--site", SITE_NAME]
    with nobody_listening() as place, a_site([f"rtsp://{place}/main"]) as site:
        assert main(["models", "add", str(papers), *options]) == 0
        assert main(["models", "use", "small", "--site", SITE_NAME]) == 0
        with a_running_station(site) as station:
            station.wait_until_linked()
            said = station.ears.wait("the worker's word", WITHIN_S, lambda: station.ears.pace)
    assert said.model_name == "small"
