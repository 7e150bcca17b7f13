"""Assets: from the first place that works, whole, and only what the catalogue means."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.infrastructure.assets.catalogue import Asset, Catalogue, Place
from console.infrastructure.assets.download import download
from console.infrastructure.assets.store import AssetStore, Progress
from resources.locate import locate

CONTENT = bytes(range(256)) * 4000


class Publisher(ThreadingHTTPServer):
    """Serves CONTENT, by range as well; /broken stops half-way, /other serves something else, /gone is 404."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.ranges: list[str] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"


class Answer(BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.server.ranges.append(wanted)
        content = b"something else" if self.path == "/other" else CONTENT
        if self.path == "/gone":
            self.send_error(404)
            return
        if self.path in {"/first", "/second"}:
            half = len(CONTENT) // 2
            content = CONTENT[:half] if self.path == "/first" else CONTENT[half:]
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.path != "/no-ranges" else 0
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : start + 300_000] if self.path == "/broken" else content[start:])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def asset(*sources: tuple[str, ...], content: bytes = CONTENT) -> Asset:
    places = tuple(tuple(Place.model_construct(url=url) for url in source) for source in sources)
    return Asset.model_construct(
        name="thing.bin", purpose="test", licence="CC0", attribution="us", size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(), sources=places,
    )  # fmt: skip


def store_of(thing: Asset, folder: Path, offline: Path | None = None) -> AssetStore:
    return AssetStore(Catalogue([thing]), folder, offline)


def fetch(store: AssetStore) -> list[Progress]:
    seen: list[Progress] = []
    store.fetch(["thing.bin"], seen.append)
    return seen


def test_what_is_fetched_is_whole_and_found(publisher: Publisher, tmp_path: Path) -> None:
    store = store_of(asset((publisher.url("whole"),)), tmp_path)

    seen = fetch(store)

    assert store.path_of("thing.bin").read_bytes() == CONTENT
    assert seen[-1].state == "ready"
    assert any(0 < progress.done_bytes <= len(CONTENT) for progress in seen if progress.state == "fetching")
    assert [file.name for file in tmp_path.iterdir()] == ["thing.bin"]


def test_the_next_source_is_tried_where_one_fails(publisher: Publisher, tmp_path: Path) -> None:
    dead = "http://127.0.0.1:1/nothing-listens-here"
    store = store_of(asset((dead,), (publisher.url("gone"),), (publisher.url("whole"),)), tmp_path)

    seen = fetch(store)

    assert store.is_ready("thing.bin")
    assert [(progress.state, progress.note[-26:]) for progress in seen if progress.state == "failed"] == [
        ("failed", "e reached (no connection)."[-26:]),
        ("failed", "reached (it answered 404)."[-26:]),
    ]


def test_another_file_than_the_catalogue_means_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    store = store_of(asset((publisher.url("other"),)), tmp_path)

    with pytest.raises(Unavailable, match=r"Not fetched: thing\.bin"):
        fetch(store)

    assert list(tmp_path.iterdir()) == []


def test_a_broken_download_goes_on_where_it_stopped(publisher: Publisher, tmp_path: Path) -> None:
    part = tmp_path / "thing.part"
    with pytest.raises(Unavailable):
        download(publisher.url("broken"), part, lambda _: None)
    came_bytes = part.stat().st_size

    download(publisher.url("whole"), part, lambda _: None)

    assert 0 < came_bytes < len(CONTENT)
    assert publisher.ranges == ["", f"bytes={came_bytes}-"]
    assert part.read_bytes() == CONTENT


def test_a_publisher_without_ranges_starts_again(publisher: Publisher, tmp_path: Path) -> None:
    part = tmp_path / "thing.part"
    part.write_bytes(b"half of an old file")

    download(publisher.url("no-ranges"), part, lambda _: None)

    assert part.read_bytes() == CONTENT


def test_a_left_over_that_cannot_go_on_is_thrown_away(publisher: Publisher, tmp_path: Path) -> None:
    store = store_of(asset((publisher.url("whole"),), (publisher.url("whole"),)), tmp_path)
    (tmp_path / "thing.bin.0.part").write_bytes(b"x" * (len(CONTENT) + 1))

    fetch(store)

    assert store.is_ready("thing.bin")


def test_parts_are_joined_in_order(publisher: Publisher, tmp_path: Path) -> None:
    store = store_of(asset((publisher.url("first"), publisher.url("second"))), tmp_path)

    fetch(store)

    assert store.path_of("thing.bin").read_bytes() == CONTENT


def test_a_file_brought_by_hand_is_taken_first(tmp_path: Path) -> None:
    (tmp_path / "usb").mkdir()
    (tmp_path / "usb" / "thing.bin").write_bytes(CONTENT)
    store = store_of(asset(("http://127.0.0.1:1/",)), tmp_path / "assets", offline=tmp_path / "usb")

    assert [progress.state for progress in fetch(store)] == ["offline"]
    assert store.is_ready("thing.bin")


def test_a_wrong_file_brought_by_hand_is_not_used(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "usb").mkdir()
    (tmp_path / "usb" / "thing.bin").write_bytes(b"x" * len(CONTENT))
    store = store_of(asset((publisher.url("whole"),)), tmp_path / "assets", offline=tmp_path / "usb")

    assert next(iter(fetch(store))).state == "failed"
    assert store.path_of("thing.bin").read_bytes() == CONTENT


def test_what_is_here_is_not_fetched_again(publisher: Publisher, tmp_path: Path) -> None:
    store = store_of(asset((publisher.url("whole"),)), tmp_path)
    fetch(store)

    assert [progress.state for progress in fetch(store)] == ["present"]
    assert len(publisher.ranges) == 1


def test_an_absent_asset_says_its_cure(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="citydesk assets fetch"):
        store_of(asset(), tmp_path).path_of("thing.bin")


def test_a_file_that_was_changed_is_not_used(publisher: Publisher, tmp_path: Path) -> None:
    store = store_of(asset((publisher.url("whole"),)), tmp_path)
    fetch(store)
    path = store.path_of("thing.bin")
    path.write_bytes(b"x" * len(CONTENT))

    with pytest.raises(Unavailable, match="damaged"):
        store.path_of("thing.bin")


def test_the_catalogue_that_ships_is_complete() -> None:
    catalogue = Catalogue.load(locate("assets"))

    assert {
        "efficientdet_lite0.tflite",
        "efficientnet_lite0.tflite",
        "campus-pedestrians.avi",
        "street-bikes.mp4",
    } <= set(catalogue.names)


def test_two_assets_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Catalogue([asset(), asset()])


@pytest.mark.parametrize(
    "place",
    [
        {"url": "http://plain.example/x"},
        {"url": "https://a.example/x", "pypi": "b"},
        {"pypi": "a", "member": "b"},
        {"pypi": "a", "version": "1"},
        {},
    ],
)
def test_a_place_that_could_not_be_checked_is_refused(place: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        Place.model_validate(place)
