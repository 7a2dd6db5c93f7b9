from __future__ import annotations

from pathlib import Path

import pytest

from segdesk.core.settings import Settings, SettingsFile


def test_changes_come_back(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.json"
    SettingsFile(path).change(language="de", brush_size=40, overlay_opacity=0.25, learn_by_itself=True)

    again = SettingsFile(path).values
    assert again.learn_by_itself
    assert (again.language, again.brush_size, again.overlay_opacity) == ("de", 40, 0.25)
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "\x00\xff", '"words"', "null"])
def test_an_unreadable_file_means_defaults(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(text.encode("latin-1"))
    assert SettingsFile(path).values == Settings()


def test_only_what_does_not_fit_has_its_default(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "pink", "brush_size": "big", "round_seconds": true, "language": "fr", "x": 1}')
    assert SettingsFile(path).values == Settings(language="fr")


@pytest.mark.parametrize(
    "change",
    [{"theme": "pink"}, {"learn_by_itself": 1}, {"brush_size": 0}, {"overlay_opacity": 1.5}, {"no": 1}],
)
def test_a_change_that_does_not_fit_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    settings = SettingsFile(tmp_path / "settings.json")
    with pytest.raises(ValueError, match="does not fit"):
        settings.change(**change)
    assert settings.values == Settings()


def test_recent_projects_are_few_and_the_last_one_is_first(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / "settings.json")
    for number in [*range(12), 5]:
        settings.add_recent(Path(f"p{number}"))
    recent = SettingsFile(tmp_path / "settings.json").values.recent_projects
    assert recent[0] == "p5"
    assert len(recent) == len(set(recent)) == 10
