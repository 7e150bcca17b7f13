"""A camera that answers ONVIF, once for a whole file of tests."""

from collections.abc import Iterator

import pytest

from tests.peers.onvif.simulator import IpyCam


@pytest.fixture(scope="module")
def dome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IpyCam]:
    """Run ipycam without streams; tests leave it standing still."""
    camera = IpyCam(tmp_path_factory.mktemp("ipycam"))
    yield camera
    camera.close()
