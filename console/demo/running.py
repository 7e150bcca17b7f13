"""The demo's site and neighbours, brought up together: the same for a person's demo and for the story."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from console.application.ports import PasswordHasher
from console.demo.peers import Neighbour, Neighbours
from console.demo.site import seed
from console.infrastructure.assets.command import open_store
from console.infrastructure.categories_csv import read_categories
from console.infrastructure.database.upgrading import upgrade
from console.site import Site
from resources.locate import locate

# Preparing the footage encodes eighteen streams once; on two busy cores that has taken minutes.
CAMERAS_WITHIN_S = 240.0
OTHERS_WITHIN_S = 60.0
FOOTAGE = ("campus-pedestrians.avi", "street-bikes.mp4")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningDemo:
    """What the demo's processes said when they were ready.

    Attributes:
        cameras: ports, control token and addresses. speaker: its speakers and where it writes what it hears.
        department: its address, key and folder.
    """

    neighbours: Neighbours
    camera_process: Neighbour
    cameras: dict[str, Any]
    speaker: dict[str, Any]
    department: dict[str, Any]
    department_folder: Path
    speaker_folder: Path

    @classmethod
    def start(cls, site: Site, neighbours: Neighbours, hasher: PasswordHasher, footage: Path | None = None) -> Self:
        """Start the neighbours, upgrade the database and put the demo's directory into it.

        Raises:
            Unavailable: footage is missing, or a neighbour was not ready in time.
        """
        folder = site.paths.data / "demo"
        folder.mkdir(exist_ok=True)
        store = open_store()
        paths = [store.path_of(name) for name in FOOTAGE]
        camera_arguments = [
            "--assets", str(paths[0].parent),
            "--work", str(store.path_of(FOOTAGE[0]).parent / "prepared"),
            "--port", "0",
            "--state", str(folder / "cameras.json"),
        ]  # fmt: skip
        if footage is not None:
            camera_arguments += ["--footage", str(footage)]
        cameras = neighbours.start("demo-cameras", camera_arguments, folder / "cameras.json", CAMERAS_WITHIN_S)
        department = neighbours.start(
            "demo-department",
            ["--out", str(folder / "department"), "--port", "0", "--state", str(folder / "department.json")],
            folder / "department.json",
            OTHERS_WITHIN_S,
        )
        speaker = neighbours.start(
            "demo-speaker",
            ["--out", str(folder / "heard"), "--ports", "2", "--state", str(folder / "speaker.json")],
            folder / "speaker.json",
            OTHERS_WITHIN_S,
        )
        upgrade(site.database)
        found = cls(
            neighbours=neighbours,
            camera_process=cameras,
            cameras=neighbours.wait(cameras),
            speaker=neighbours.wait(speaker),
            department=neighbours.wait(department),
            department_folder=folder / "department",
            speaker_folder=folder / "heard",
        )
        seed(
            site,
            hasher,
            tuple(item for path in sorted(locate("categories").glob("*.csv")) for item in read_categories(path)),
            cameras=found.cameras["cameras"],
            speakers=found.speaker["speakers"],
            department=found.department,
        )
        return found
