"""The models of a person, for all projects: the files in one folder, beside those that come with SegDesk."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

from segdesk.core import catalogue
from segdesk.core.errors import ModelError
from segdesk.core.files import write_text
from segdesk.core.paths import resources
from segdesk.core.project.model_files import MODEL_SUFFIX
from segdesk.core.translation import tr

MODEL_SUFFIXES = (MODEL_SUFFIX, ".pth", ".pt", ".ckpt", ".onnx")
_ORIGIN = ".origin.json"


def library_files() -> list[Path]:
    """The models there, by name; none where the folder is missing."""
    try:
        found = [path for path in catalogue.folder().iterdir() if is_model_name(path)]
    except OSError:
        return []
    return sorted((path for path in found if path.is_file()), key=lambda path: path.name.casefold())


def starter_files() -> list[Path]:
    """The models that come with SegDesk, by name."""
    return sorted((resources() / "models").glob(f"*{MODEL_SUFFIX}"))


def is_model_name(path: Path) -> bool:
    """Whether a file is called like a model; hidden ones are somebody's unfinished work."""
    return path.suffix.lower() in MODEL_SUFFIXES and not path.name.startswith(".")


def free_place(stem: str) -> Path:
    """A file name in the library, such as "stem.safetensors", that nothing has yet."""
    folder, number = catalogue.folder(), 1
    path = folder / f"{stem}{MODEL_SUFFIX}"
    while path.exists():
        number += 1
        path = folder / f"{stem} {number}{MODEL_SUFFIX}"
    return path


def note_origin(path: Path, origin: str) -> None:
    """Write down where a model of the library came from; raises SegdeskError where that fails."""
    write_text(_note(path), json.dumps({"origin": origin}, ensure_ascii=False))


def origin_of(path: Path) -> str:
    """Where a model came from, as noted or by the catalogue; "" where nobody knows."""
    try:
        noted = json.loads(_note(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        entry = _published(path)
        return tr("Downloaded from {host}").format(host=urlsplit(entry.url).hostname) if entry else ""
    origin = noted.get("origin", "") if isinstance(noted, dict) else ""
    return origin if isinstance(origin, str) else ""


def delete_from_library(path: Path) -> None:
    """Throw a model of the library away, and what was noted of it.

    Raises:
        ModelError: it is not in the library, or another program holds it.
    """
    if path.parent != catalogue.folder():
        raise ModelError(tr("{name} is not one of your models.").format(name=path.name))
    try:
        path.unlink(missing_ok=True)
        _note(path).unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(
            tr("{name} cannot be deleted ({reason}); close what uses it and try again.").format(
                name=path.name, reason=error.strerror or error
            )
        ) from error


def title_of_file(path: Path) -> str:
    """What a person knows a model of the library by: as published, or else the file's name."""
    entry = _published(path)
    return entry.title if entry is not None else path.stem


def _published(path: Path) -> catalogue.Published | None:
    return next((entry for entry in catalogue.published() if entry.file_name == path.name), None)


def _note(path: Path) -> Path:
    return path.with_name(path.name + _ORIGIN)
