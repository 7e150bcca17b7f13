"""Claims about addresses: a password is never written down, however odd the address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.cameras import Camera, secrets_in, with_credentials, without_credentials
from console.domain.errors import DomainError
from console.domain.ids import CameraId
from console.domain.places import Place
from console.domain.rules import Zone

SECRET = "hunter2greppable"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"rtsp://admin:{SECRET}@10.0.0.7:554/ch1/main", "rtsp://10.0.0.7:554/ch1/main"),
        (f"rtsp://admin:{SECRET}@[fe80::1]/ch1", "rtsp://[fe80::1]/ch1"),
        (f"rtsp://admin:p@{SECRET}@cam/ch1", "rtsp://cam/ch1"),
        (f"http://cam/snap?user=a&password={SECRET}", "http://cam/snap"),
        (f"admin:{SECRET}@cam", "…"),
        (f"rtsp://a:{SECRET}@cam:port/x", "…"),
        ("rtsp://cam/ch1", "rtsp://cam/ch1"),
        (f"srt://cam:9000?streamid=live&passphrase={SECRET}", "srt://cam:9000"),
        (f"https://cam/live.m3u8?token={SECRET}", "https://cam/live.m3u8"),
    ],
)
def test_an_address_is_shown_without_its_credentials(address: str, shown: str) -> None:
    assert without_credentials(address) == shown


@given(user=st.text(max_size=8), rest=st.text(max_size=30))
def test_no_user_part_lets_the_password_through(user: str, rest: str) -> None:
    address = f"rtsp://{user.replace('/', '').replace('?', '').replace('#', '')}:{SECRET}@cam/{rest}"
    assert SECRET not in without_credentials(address)


def test_a_camera_refuses_an_address_with_a_password_in_it() -> None:
    with pytest.raises(DomainError, match="vault"):
        Camera(
            camera_id=CameraId("c"),
            number="01",
            name="门口",
            place=Place(address="门口"),
            main_address=f"rtsp://admin:{SECRET}@cam/main",
            sub_address="",
        )


def test_an_address_may_say_where_its_secrets_go() -> None:
    address = "srt://10.1.2.3:9000?streamid={user}&passphrase={password}"
    assert secrets_in(address) == ()
    assert with_credentials(address, "live/a", "p&=w") == "srt://10.1.2.3:9000?streamid=live%2Fa&passphrase=p%26%3Dw"
    assert with_credentials("rtsp://cam/1", "a", "b@c") == "rtsp://a:b%40c@cam/1"
    assert secrets_in(f"http://cam/video?size=2&Token={SECRET}&passphrase={SECRET}") == ("Token", "passphrase")


def test_a_zone_stays_inside_the_picture() -> None:
    with pytest.raises(DomainError, match="leaves the picture"):
        Zone(name="A", polygon=((0, 0), (1.2, 0), (1, 1)))
    with pytest.raises(DomainError, match="three corners"):
        Zone(name="A", polygon=((0, 0), (1, 1)))


def test_an_address_that_cannot_be_read_at_all_is_refused_in_words() -> None:
    with pytest.raises(DomainError, match="no address of a stream"):
        Camera(
            camera_id=CameraId("c"),
            number="01",
            name="门口",
            place=Place(address="门口"),
            main_address="rtsp://[::1",
            sub_address="",
        )
