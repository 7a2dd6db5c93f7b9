"""What breaks while a network works, and is nobody's fault: told in a sentence, with a report to copy."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

from segdesk.core.errors import FaultError
from segdesk.core.jobs import Job, Result
from segdesk.core.translation import tr
from segdesk.nn import devices

Asked = ParamSpec("Asked")


@contextmanager
def told() -> Iterator[None]:
    """Let what the memory and the devices do to us be a sentence.

    Raises:
        FaultError: the memory did not suffice, or a device or its driver failed.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        fault = fault_of(error)
        if fault is None:
            raise  # a mistake of ours
        raise fault from error


def guarded(job: Callable[Asked, Job[Result]]) -> Callable[Asked, Job[Result]]:
    """The same job, which raises FaultError as `told` does."""

    @wraps(job)
    def run(*args: Asked.args, **kwargs: Asked.kwargs) -> Job[Result]:
        with told():
            return (yield from job(*args, **kwargs))

    return run


def fault_of(error: MemoryError | RuntimeError) -> FaultError | None:
    """What to tell of an error, with its traceback; None where it is a mistake of the program."""
    if devices.out_of_memory(error):
        sentence = tr("There is not enough memory for this; close other programs, or use a smaller network.")
    elif devices.failed(error):
        sentence = tr(
            "The graphics card or its driver failed; try again, or choose the processor as the device."
        )
    else:
        return None
    return FaultError(sentence, "".join(traceback.format_exception(error)))
