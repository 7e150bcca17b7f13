"""Claims about what `doctor` says of SRT."""

from console.doctor import machine
from console.doctor.findings import Grade
from console.infrastructure.video.srt import SrtMissing


def test_a_machine_without_libsrt_is_told_what_it_cannot_open_and_the_cure() -> None:
    def none() -> object:
        raise SrtMissing("none")

    finding = machine.srt(none)
    assert finding.grade is Grade.NOTE and "libsrt" in finding.cure
    assert machine.srt(object).grade is Grade.FINE
