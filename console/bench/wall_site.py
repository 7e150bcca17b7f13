"""The site a wall is measured on: one operator, one wall, and as many cameras as are asked for, watched by no rule."""

import math
from collections.abc import Sequence

from console.demo.site import PASSWORD as PASSWORD
from console.domain.accounts import Account, Role
from console.domain.cameras import Camera
from console.domain.ids import AccountId, CameraId, SeatId, new_id
from console.domain.places import Place
from console.domain.walls import Layout, Wall
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.passwords import Argon2PasswordHasher
from console.site import Site

SITE_NAME = "wall-bench"
SEAT = SeatId("01")
SIGN_IN_NAME = "op"


def columns_for(cameras: int) -> int:
    """Return how many columns a square wall of so many cameras has."""
    return math.ceil(math.sqrt(cameras))


def seed(site: Site, addresses: Sequence[str]) -> None:
    """Put operator, cameras and a wall that shows all of them into the site's database."""
    upgrade(site.database)
    side = columns_for(len(addresses))
    cells = tuple((column, row, 1, 1) for row in range(side) for column in range(side))
    names = [CameraId(f"cam{number:02d}") for number in range(1, len(addresses) + 1)]
    shown: list[CameraId | None] = [*names, *(None for _ in range(len(cells) - len(names)))]
    with site.units.write() as unit:
        known = [camera.camera_id for camera in unit.directory.cameras()]
        unit.directory.remove_cameras(known)
        for number, (name, address) in enumerate(zip(names, addresses, strict=True), start=1):
            unit.directory.put_camera(
                Camera(
                    camera_id=name,
                    number=f"{number:02d}",
                    name=f"测量 {number:02d}",
                    place=Place(address=f"{number}"),
                    main_address=address,
                    sub_address=address,
                )
            )
        layout = Layout(name=f"{side}x{side}", columns=side, rows=side, places=cells)
        unit.directory.put_wall(SEAT, Wall(layout=layout, cameras=tuple(shown)))
        if unit.accounts.named(SIGN_IN_NAME) is None:
            unit.accounts.add(
                Account(
                    account_id=AccountId(new_id()),
                    sign_in_name=SIGN_IN_NAME,
                    display_name="测量",
                    role=Role.OPERATOR,
                    password_hash=Argon2PasswordHasher().hash(PASSWORD),
                )
            )
        unit.commit()
