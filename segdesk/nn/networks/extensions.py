"""Networks of third parties, found by their entry points.

A package names them in its own description, and SegDesk shows them beside its own:

    [project.entry-points."segdesk.networks"]
    my-network = "my_package.networks:entry"

where `entry` is an Entry, or a callable without arguments that gives one. Nothing of the package is imported
before somebody asks which networks there are.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from segdesk.core.errors import ModelError
from segdesk.core.translation import tr
from segdesk.nn.networks.entry import Entry

GROUP = "segdesk.networks"

# What a foreign module may well raise while it is imported.
FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,
)


@cache
def found() -> dict[str, EntryPoint]:
    """The entry points by name; the first of a name wins. Imports nothing."""
    points: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        points.setdefault(point.name, point)
    return points


def load(name: str) -> Entry:
    """Import one of `found`.

    Raises:
        ModelError: the package cannot be imported, or what it names is no Entry.
    """
    loaded = _loaded(name)
    if isinstance(loaded, str):
        raise ModelError(loaded)
    return loaded


def forget() -> None:
    """Look again at the next call, as after a package was installed."""
    found.cache_clear()
    _loaded.cache_clear()


@cache
def _loaded(name: str) -> Entry | str:
    """The entry, or one sentence saying why there is none; a package is not tried twice."""
    try:
        value = found()[name].load()
        entry = value if isinstance(value, Entry) else value()
    except FAILURES as error:
        return tr("The network '{name}' of another package cannot be loaded ({error}); update it.").format(
            name=name, error=error
        )
    if isinstance(entry, Entry):
        return entry
    return tr("What another package calls the network '{name}' is none; update that package.").format(
        name=name
    )
