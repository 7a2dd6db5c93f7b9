"""Verbs that say what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from segdesk.core.errors import SegdeskError

P = ParamSpec("P")


class Teller(Protocol):
    """Whoever has a signal for sentences on what went wrong."""

    error: Any


T = TypeVar("T", bound=Teller)


def told(verb: Callable[Concatenate[T, P], None]) -> Callable[Concatenate[T, P], None]:
    """Let a verb that fails for a reason that a person can understand say so, by the signal `error`."""

    @wraps(verb)
    def run(self: T, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            verb(self, *args, **kwargs)
        except SegdeskError as error:
            self.error.emit(str(error))

    return run
