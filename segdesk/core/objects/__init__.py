"""Objects of a mask: finding them, and what can be done with them as pure functions.

Whatever changes a mask is a Change: `document.correct(name, change.apply)` makes one patch of it.
"""

from segdesk.core.objects.change import Assertion, Change, Division, delete, reclassify, reshape, together
from segdesk.core.objects.found import FoundObject, object_at

__all__ = [
    "Assertion",
    "Change",
    "Division",
    "FoundObject",
    "delete",
    "object_at",
    "reclassify",
    "reshape",
    "together",
]
