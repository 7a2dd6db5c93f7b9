"""Looking into a pickled NumPy file without unpickling it: nothing that the file names is imported or called.

The opcodes are walked by a small machine of our own that knows texts, numbers, containers and arrays of
numbers. What else the file would do stays a mute thing; where an array depends on it, it is refused.
"""

from __future__ import annotations

import pickletools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import FormatError
from segdesk.core.limits import raised
from segdesk.core.translation import tr

_MOST_BYTES = 4 << 30
_MOST_STEPS = 5_000_000
_MAGIC = b"\x93NUMPY"
_RECONSTRUCT = ("numpy.core.multiarray _reconstruct", "numpy._core.multiarray _reconstruct")
_TEXTS = (
    "STRING",
    "BINSTRING",
    "SHORT_BINSTRING",
    "UNICODE",
    "SHORT_BINUNICODE",
    "BINUNICODE",
    "BINUNICODE8",
)
_NUMBERS = ("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT")
_PUSHED = frozenset([*_TEXTS, *_NUMBERS, "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"])
_CONSTANTS: dict[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY: dict[str, Any] = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_TUPLE": tuple, "EMPTY_SET": list}
_MARK = object()


@dataclass(frozen=True)
class _Name:
    """Something that the file would import."""

    text: str


@dataclass(eq=False)
class _Thing:
    """What calling something would make, and the state that it would be given."""

    maker: Any
    arguments: Any
    state: Any = field(default=None)


def read_dictionary(path: Path) -> dict[str, Any]:
    """The dictionary in a file that `numpy.save` wrote: arrays of numbers as such, the rest as far as known.

    Raises:
        FormatError: it is no such file, is damaged, or holds what cannot be had without running it.
    """
    try:
        if path.stat().st_size > raised(_MOST_BYTES):
            raise FormatError(tr("it is too large to be read"))
        with path.open("rb") as file:
            if file.read(6) != _MAGIC:
                raise FormatError(tr("it is no NumPy file"))
            major = file.read(2)[0]
            size = int.from_bytes(file.read(2 if major == 1 else 4), "little")
            header = file.read(min(size, 10_000))
            if b"'descr': '|O'" not in header:
                raise FormatError(tr("it holds no dictionary"))
            result = _Machine().run(file)
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise FormatError(tr("it is damaged, or no file of Cellpose")) from error
    if isinstance(result, _Thing) and isinstance(result.state, tuple) and len(result.state) == 5:
        listed = result.state[4]
        if isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], dict):
            return {key: _known(value) for key, value in listed[0].items() if isinstance(key, str)}
    raise FormatError(tr("it cannot be read without running code that is in it"))


class _Machine:
    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self, file: Any) -> Any:
        most = raised(_MOST_STEPS)
        for step, (opcode, argument, _) in enumerate(pickletools.genops(file)):
            if step > most:
                raise FormatError(tr("it is too large to be read"))
            if opcode.name == "STOP":
                return self._stack.pop()
            self._do(opcode.name, argument)
        raise ValueError("no end")

    def _do(self, name: str, argument: Any) -> None:
        stack = self._stack
        if name in _PUSHED:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _EMPTY:
            stack.append(_EMPTY[name]())
        elif name in ("PROTO", "FRAME"):
            pass
        elif name == "MARK":
            stack.append(_MARK)
        elif name in ("TUPLE", "LIST", "DICT"):
            items = self._to_mark()
            made: Any = tuple(items) if name == "TUPLE" else items
            stack.append(dict(zip(items[::2], items[1::2], strict=True)) if name == "DICT" else made)
        elif name in ("TUPLE1", "TUPLE2", "TUPLE3"):
            count = int(name[-1])
            items = stack[-count:]
            del stack[-count:]
            stack.append(tuple(items))
        elif name in ("APPEND", "APPENDS", "ADDITEMS"):
            items = [stack.pop()] if name == "APPEND" else self._to_mark()
            stack[-1].extend(items)
        elif name in ("SETITEM", "SETITEMS"):
            items = [stack.pop(-2), stack.pop()] if name == "SETITEM" else self._to_mark()
            stack[-1].update(
                {k: v for k, v in zip(items[::2], items[1::2], strict=True) if isinstance(k, str | int)}
            )
        elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
            self._memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            stack.append(self._memo[argument])
        elif name == "GLOBAL":
            stack.append(_Name(argument))
        elif name == "STACK_GLOBAL":
            last = stack.pop()
            stack.append(_Name(f"{stack.pop()} {last}"))
        elif name in ("REDUCE", "NEWOBJ"):
            arguments = stack.pop()
            stack.append(_Thing(stack.pop(), arguments))
        elif name == "BUILD":
            state = stack.pop()
            stack[-1].state = state
        else:
            raise FormatError(tr("it cannot be read without running code that is in it"))

    def _to_mark(self) -> list[Any]:
        place = len(self._stack) - 1
        while self._stack[place] is not _MARK:
            place -= 1
            if place < 0:
                raise ValueError("no mark")
        items = self._stack[place + 1 :]
        del self._stack[place:]
        return items


def _known(value: Any) -> Any:
    """An array where it is one of numbers; what cannot be known is None."""
    if not isinstance(value, _Thing):
        return value if isinstance(value, str | int | float) else None
    if not (isinstance(value.maker, _Name) and value.maker.text in _RECONSTRUCT):
        return None
    try:
        return _array(value)
    except (ValueError, TypeError, AttributeError, IndexError):
        return None


def _array(thing: _Thing) -> NDArray[Any] | None:
    _, shape, kind, fortran, data = thing.state
    if not isinstance(data, bytes) or kind.maker.text != "numpy dtype":
        return None
    letter = kind.arguments[0]
    order = kind.state[1]
    if letter[:1] not in "biuf" or order not in "<>|=":
        return None
    flat = np.frombuffer(data, np.dtype(letter).newbyteorder(order))
    return flat.reshape(shape, order="F" if fortran else "C")
