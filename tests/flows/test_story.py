"""Claims about the whole: the main job works on both databases, each step seen at its far end, and nothing is left."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.flows.own_postgresql import a_postgresql

STORY_WITHIN_S = 600  # four minutes on two idle cores; a test machine is busier


@dataclass(frozen=True, slots=True)
class Story:
    """A story that was told to its end. ``lines`` holds what it said, or how it failed."""

    folder: Path
    lines: "Future[list[dict[str, object]]]"


def tell(folder: Path, database_url: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "console", "story", "--json", "--keep-evidence", str(folder / "kept")],
        env={**os.environ, "CITYDESK_DATABASE_URL": database_url},
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


@pytest.fixture(scope="module")
def stories(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Story]]:
    """Tell the story on each database that is asked for, at once: most of each is waiting."""
    folder = tmp_path_factory.mktemp("stories")
    before = shared_memory()
    with ExitStack() as stack:
        databases = {"sqlite": ""}
        if any(item.get_closest_marker("peer") for item in request.session.items if item.path == request.path):
            databases["postgresql"] = stack.enter_context(a_postgresql()).new_address()
        pool = stack.enter_context(ThreadPoolExecutor(len(databases)))
        told = {name: Story(folder / name, pool.submit(tell, folder / name, url)) for name, url in databases.items()}
        wait(story.lines for story in told.values())
        yield told
    assert shared_memory() <= before


@pytest.mark.media
@pytest.mark.timeout(STORY_WITHIN_S + 60)
def test_the_main_job_is_seen_to_work_at_its_far_ends(stories: dict[str, Story]) -> None:
    assert len(stories["sqlite"].lines.result()) >= 18
    assert len(list((stories["sqlite"].folder / "kept").glob("*.citydesk-evidence"))) == 1


@pytest.mark.media
@pytest.mark.peer
@pytest.mark.timeout(STORY_WITHIN_S + 60)
def test_the_same_job_works_on_postgresql(stories: dict[str, Story]) -> None:
    assert len(stories["postgresql"].lines.result()) >= 18
