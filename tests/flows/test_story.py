"""Claims about the whole: the main job works on both databases, each step seen at its far end, and nothing is left."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers.database.postgresql_server import PostgresqlServer

STORY_WITHIN_S = 600  # four minutes on two idle cores; a test machine is busier


def tell(folder: Path, environment: dict[str, str]) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "console", "story", "--json", "--keep-evidence", str(folder / "kept")],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=STORY_WITHIN_S,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    unseen = [line for line in lines if not line["seen"]]
    assert done.returncode == 0, f"{unseen} {done.stderr[-2000:]}"
    return lines


def shared_memory() -> set[str]:
    place = Path("/dev/shm")
    return {path.name for path in place.glob("citydesk-*-demo-*")} if place.is_dir() else set()


@pytest.mark.media
@pytest.mark.timeout(STORY_WITHIN_S + 60)
def test_the_main_job_is_seen_to_work_at_its_far_ends(tmp_path: Path) -> None:
    before = shared_memory()
    lines = tell(tmp_path, {"CITYDESK_DATABASE_URL": ""})
    assert len(lines) >= 18
    assert len(list((tmp_path / "kept").glob("*.citydesk-evidence"))) == 1
    assert shared_memory() <= before


@pytest.mark.media
@pytest.mark.peer
@pytest.mark.timeout(STORY_WITHIN_S + 60)
def test_the_same_job_works_on_postgresql(tmp_path: Path, postgresql: PostgresqlServer) -> None:
    tell(tmp_path, {"CITYDESK_DATABASE_URL": postgresql.new_address()})
