"""What the model manager lists: one entry a model, in three groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from segdesk.core.jobs import Offer
from segdesk.core.model_library import library_files, origin_of, starter_files, title_of_file
from segdesk.core.project import ModelVersion, Project
from segdesk.core.translation import tr
from segdesk.gui.models.words import merits_of, network_title, size_text, title_of
from segdesk.gui.panels.versions_text import second_line, version_choice


class Kind(Enum):
    """What an entry is, and so what can be done with it."""

    STARTER = auto()
    NETWORK = auto()
    MINE = auto()
    VERSION = auto()


@dataclass(frozen=True)
class Entry:
    """A model that can be chosen. key: tells it from all others, also after the list was made anew.

    file: None for a network, which has learned nothing yet.   network: its name in the registry, if known.
    origin: where it came from, in words.   in_use: it is the version that predicts.
    """

    key: str
    kind: Kind
    title: str
    line: str
    origin: str
    file: Path | None = None
    network: str = ""
    version: ModelVersion | None = None
    in_use: bool = False


@dataclass(frozen=True)
class Group:
    """A heading, what is below it, and what to say where that is nothing."""

    title: str
    entries: tuple[Entry, ...]
    empty: str = ""


def groups(networks: Sequence[Offer], project: Project | None) -> list[Group]:
    """Everything there is at this moment."""
    mine = tuple(_mine(path) for path in library_files())
    versions: tuple[Entry, ...] = ()
    if project is not None:
        in_use = project.versions.in_use()
        number = in_use.number if in_use is not None else None
        versions = tuple(_version(v, in_use=v.number == number) for v in reversed(project.versions.all()))
    none_yet = tr("None yet: retrain, or use one of the models below.")
    return [
        Group(
            tr("This project's versions"),
            versions,
            none_yet if project is not None else tr("No project is open."),
        ),
        Group(tr("My models"), mine, tr("None yet: get one, or drop a model file here.")),
        Group(tr("Built-in"), (*_starters(networks), *(_network(offer) for offer in networks))),
    ]


def _starters(networks: Sequence[Offer]) -> list[Entry]:
    return [
        Entry(
            f"starter {path.name}",
            Kind.STARTER,
            tr("{network}, with a head start").format(network=network_title(path.stem, networks)),
            tr("Trained on pictures drawn by code"),
            tr("Comes with SegDesk"),
            path,
            path.stem,
        )
        for path in starter_files()
    ]


def _network(offer: Offer) -> Entry:
    return Entry(
        f"network {offer.name}",
        Kind.NETWORK,
        title_of(offer),
        merits_of(offer) or tr("Has learned nothing yet"),
        tr("Comes with SegDesk"),
        network=offer.name,
    )


def _mine(path: Path) -> Entry:
    origin = origin_of(path) or tr("Lies in the folder of your models")
    line = " · ".join(filter(None, (size_text(path), origin)))
    return Entry(f"mine {path}", Kind.MINE, title_of_file(path), line, origin, path)


def _version(version: ModelVersion, *, in_use: bool) -> Entry:
    if version.round is not None:
        origin = tr("Learned in this project")
    elif version.origin is not None and version.origin.file:
        origin = tr("Imported from {file}").format(file=version.origin.file)
    else:
        origin = tr("Imported")
    return Entry(
        f"version {version.number}",
        Kind.VERSION,
        version_choice(version),
        second_line(version, in_use=in_use),
        origin,
        version.file,
        version.network or "",
        version,
        in_use,
    )
