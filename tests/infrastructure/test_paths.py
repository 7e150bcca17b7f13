"""Where a site's folders are."""

from pathlib import Path

import pytest

from console.infrastructure.paths import Paths


def test_two_sites_share_assets_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CITYDESK_DATA", str(tmp_path))
    north, demo = Paths.for_site("north"), Paths.for_site("demo")

    assert north.assets == demo.assets
    assert not {north.data, north.logs, north.cache} & {demo.data, demo.logs, demo.cache}


def test_the_chosen_folder_holds_everything_that_is_the_sites_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CITYDESK_DATA", str(tmp_path))
    paths = Paths.for_site("demo").make()

    assert all(folder.is_dir() and folder.is_relative_to(tmp_path) for folder in (paths.data, paths.logs, paths.cache))


def test_without_a_choice_the_platforms_folders_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CITYDESK_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert "citydesk" in Paths.for_site("demo").data.parts


@pytest.mark.parametrize("name", ["", "../up", "a/b", "-x", "a" * 41])
def test_a_name_that_is_no_folder_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        Paths.for_site(name)
