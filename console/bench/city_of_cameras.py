"""A directory as large as Honggutan's, 62,679 cameras, seeded: names and addresses as a city writes them."""

import random
from collections.abc import Iterator

from console.domain.cameras import Camera, CameraKind
from console.domain.ids import CameraId
from console.domain.places import Place

CAMERAS = 62_679  # 9,413 public cameras and 53,266 of others (PRODUCT S6)

_DISTRICTS = ("红谷滩区", "东湖区", "西湖区", "青云谱区", "青山湖区", "新建区")
_STREETS = (
    "沙井街道", "卫东街道", "凤凰洲街道", "红角洲街道", "九龙湖街道", "生米街道", "八一桥街道", "滕王阁街道",
    "桃源街道", "朝阳洲街道", "洪都街道", "上海路街道", "湖坊街道", "长堎街道",
)  # fmt: skip
_ROADS = (
    "学府大道", "丰和中大道", "红谷中大道", "世贸路", "会展路", "绿茵路", "翠林路", "岭北四路", "沿江北大道",
    "赣江中大道", "八一大道", "井冈山大道", "凤凰中大道", "怡园路", "碧云路", "九龙大道", "银三角路", "珠江路",
    "重庆路", "长乐街", "解放西路", "人民路", "建设西路", "中山路", "滨江路", "文教路", "和平路", "幸福渠路", "光明巷",
    "朝阳中路",
)  # fmt: skip
_SPOTS = (
    "路口", "东门", "西门", "地铁口", "停车场", "农贸市场", "小区", "小学", "人民医院", "公园", "公交站", "桥头",
    "隧道", "广场", "派出所", "加油站",
)  # fmt: skip
_SIDES = ("南", "北", "东", "西", "东南", "西北", "全景", "出口", "入口")
_OWNERS = ("公安分局", "城管局", "交警大队", "教体局", "卫健委", "水务局", "物业公司", "轨道集团")
_TAGS = ("重点", "涉水", "学校周边", "高空", "占道高发", "渣土")
_KINDS = (CameraKind.BULLET, CameraKind.DOME, CameraKind.HALF_DOME, CameraKind.PTZ_BULLET, CameraKind.PANORAMA)


def cameras(count: int = CAMERAS, seed: int = 20261122) -> Iterator[Camera]:
    """Give the cameras, the same ones for the same seed."""
    chance = random.Random(seed)
    for at in range(count):
        district = chance.randrange(len(_DISTRICTS))
        street, community = chance.randrange(len(_STREETS)), chance.randrange(20)
        road = chance.choice(_ROADS)
        host = f"10.{at >> 16 & 255}.{at >> 8 & 255}.{at & 255}"
        area = f"3601{district + 2:02}{street + 1:03}{community + 1:03}"
        yield Camera(
            camera_id=CameraId(f"c{at:06}"),
            number=f"HG-{at + 1:05}",
            code=f"{area[:8]}01132{at + 1:07}",
            name=f"{road}{chance.randrange(1, 999)}号{chance.choice(_SPOTS)}{chance.choice(_SIDES)}",
            place=Place(
                address=f"{_DISTRICTS[district]}{_STREETS[street]}{road}与{chance.choice(_ROADS)}交叉口",
                district=_DISTRICTS[district],
                street=_STREETS[street],
                community=f"第{community + 1}社区",
                grid_cell=f"{area}{chance.randrange(1, 30):03}",
                longitude=115.8 + chance.random() / 5,
                latitude=28.6 + chance.random() / 5,
            ),
            main_address=f"rtsp://{host}:554/Streaming/Channels/101",
            sub_address=f"rtsp://{host}:554/Streaming/Channels/102",
            owner=chance.choice(_OWNERS),
            kind=chance.choice(_KINDS),
            tags=tuple(chance.sample(_TAGS, chance.choice((0, 0, 0, 1, 2)))),
        )


def typed(count: int, seed: int = 7) -> list[str]:
    """Return what somebody types, letter by letter: roads, initials, pinyin, numbers, codes, tags, and mistakes."""
    chance = random.Random(seed)
    wanted = []
    for at in range(count):
        road = chance.choice(_ROADS)
        wanted.append(
            (
                f"{road}{chance.randrange(1, 999)}",
                chance.choice(("xfdd", "fhzdd", "cqlk", "clj", "bjl", "yyl", "zzzq")),
                chance.choice(("xuefu", "chongqing", "binjiang", "ganjiang", "zhongshanlu")),
                f"hg-{chance.randrange(1, CAMERAS):05}",
                f"3601{chance.randrange(10**16):016}",
                f"{chance.choice(_DISTRICTS)} {road} {chance.choice(_SPOTS)}",
                f"{chance.choice(_TAGS)} {chance.choice(_STREETS)}",
                f"{road} 不存在",
            )[at % 8]
        )
    return [word[:length] for word in wanted for length in range(1, len(word) + 1)]
