"""Claims about which device an address means."""

from console.domain.pushing import pushing_device


def test_only_a_name_is_a_device() -> None:
    assert pushing_device("push://drone-1") == "drone-1"
    assert [pushing_device(one) for one in ("push://a/../b", "push://", "rtsp://drone-1", "push://a@b")] == [None] * 4
