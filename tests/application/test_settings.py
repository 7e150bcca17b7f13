"""The settings file: its defaults, its overrides, and what is said about its faults."""

import tomllib
from datetime import time

import pytest

from console.application.settings import Section, Settings, SettingsRefused, read_settings, text_of
from resources.locate import locate

COMMENTED = locate("settings/citydesk.toml").read_text(encoding="utf-8")


def faults_of(text: str, environment: dict[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsRefused) as refused:
        read_settings(text, environment or {}, "my.toml")
    return refused.value.faults


def test_the_commented_file_is_the_default() -> None:
    assert read_settings(COMMENTED, {}) == Settings()


def test_every_commented_line_says_the_real_default() -> None:
    uncommented = "\n".join(line.removeprefix("# ") if " = " in line else line for line in COMMENTED.splitlines())

    stated = tomllib.loads(uncommented)

    assert read_settings(uncommented, {}) == Settings()
    assert {table: set(keys) for table, keys in stated.items()} == {
        name: set(type(section).model_fields) for name, section in Settings() if isinstance(section, Section)
    }


def test_an_unknown_key_is_refused_with_its_line() -> None:
    faults = faults_of("[alarm]\n# a comment\npre_roll_s = 4.0\npre_rol_s = 3.0\n")

    assert faults == ("my.toml:4: alarm.pre_rol_s: unknown key",)


def test_an_unknown_table_is_refused_with_its_line() -> None:
    assert faults_of("[alarm]\n\n[alram]\npre_roll_s = 1.0\n") == ("my.toml:3: alram: unknown key",)


def test_all_faults_are_said_at_once() -> None:
    faults = faults_of('[vision]\ndevice = "TOASTER"\n[recheck]\nlooks = 1\n')

    assert [fault.split(": ")[:2] for fault in faults] == [
        ["my.toml:2", "vision.device"],
        ["my.toml:4", "recheck.looks"],
    ]


def test_broken_toml_is_refused_with_its_line() -> None:
    assert faults_of("[alarm]\npre_roll_s = \n")[0].startswith("my.toml:2: ")


def test_the_environment_goes_before_the_file() -> None:
    settings = read_settings(
        '[vision]\ndevice = "CPU"\n[talk]\nquiet_from = "23:00"\n',
        {"CITYDESK_VISION__DEVICE": "GPU.0", "CITYDESK_DATA": "/somewhere", "PATH": "/bin"},
    )

    assert settings.vision.device == "GPU.0"
    assert settings.talk.quiet_from == time(23, 0)


def test_a_wrong_variable_is_named() -> None:
    (fault,) = faults_of("", {"CITYDESK_ALARM__PRE_ROLL_S": "soon"})
    assert fault.startswith("CITYDESK_ALARM__PRE_ROLL_S: alarm.pre_roll_s")
    assert faults_of("", {"CITYDESK_ALARM__PRE": "3"}) == ("CITYDESK_ALARM__PRE: alarm.pre: unknown key",)


def test_a_password_in_the_file_is_refused_and_not_repeated() -> None:
    (fault,) = faults_of('[database]\n\nurl = "postgresql://desk:s3cret-pw@db/citydesk"\n')

    assert fault.startswith("my.toml:3: database.url")
    assert "s3cret-pw" not in fault


def test_the_address_of_the_database_is_never_printed() -> None:
    settings = read_settings("", {"CITYDESK_DATABASE_URL": "postgresql://desk:s3cret-pw@db/citydesk"})

    assert settings.database.url.get_secret_value().endswith("@db/citydesk")
    assert "s3cret-pw" not in repr(settings) + settings.model_dump_json()


def test_a_wrong_address_is_not_repeated() -> None:
    (fault,) = faults_of("", {"CITYDESK_DATABASE_URL": "mysql://desk:s3cret-pw@db/citydesk"})

    assert "s3cret-pw" not in fault


def test_a_file_cut_off_anywhere_is_read_or_refused_with_its_line() -> None:
    raw = locate("settings/citydesk.toml").read_bytes()
    faults: set[str] = set()
    for length in range(len(raw)):
        try:
            read_settings(text_of(raw[:length], "my.toml"), {}, "my.toml")
        except SettingsRefused as refusal:
            faults |= set(refusal.faults)
    assert faults and all(fault.startswith("my.toml:") for fault in faults)


def test_a_file_in_another_encoding_is_refused_by_its_line() -> None:
    with pytest.raises(SettingsRefused, match=r"my.toml:2: not UTF-8"):
        text_of("[site]\ntitle = '临江区'\n".encode("gb18030"), "my.toml")
    assert text_of(b"\xef\xbb\xbf[site]", "my.toml") == "[site]"


def test_platforms_have_names_and_tables_of_their_own() -> None:
    text = '[sharing.city]\nurl = "https://10.1.2.3:18080"\n\n[sharing.district-7]\nurl = "http://10.1.2.4"\n'
    settings = read_settings(text, {})
    assert {name: platform.url for name, platform in settings.sharing.items()} == {
        "city": "https://10.1.2.3:18080",
        "district-7": "http://10.1.2.4",
    }


def test_what_is_wrong_with_a_platform_is_told_with_its_line_and_never_its_login() -> None:
    text = (
        '[sharing.city]\nurl = "https://10.1.2.3"\n\n[sharing.west]\nurl = "http://admin:hunter2@10.1.2.4"\nhosts = 3\n'
    )
    with pytest.raises(SettingsRefused) as refusal:
        read_settings(text, {})
    url, hosts = sorted(refusal.value.faults)
    assert url.startswith("citydesk.toml:5: sharing.west.url: no login here") and "hunter2" not in url
    assert hosts == "citydesk.toml:6: sharing.west.hosts: unknown key"
    with pytest.raises(SettingsRefused, match=r"sharing\.City"):
        read_settings('[sharing.City]\nurl = "http://10.1.2.4"\n', {})
