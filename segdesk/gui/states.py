"""How the states of samples are shown: each by a word, a shape and a colour."""

from __future__ import annotations

from segdesk.core.classes import SegClass
from segdesk.core.mask import BACKGROUND
from segdesk.core.patch import State
from segdesk.core.project import Sample
from segdesk.core.translation import tr
from segdesk.gui.icons import Look


def state_look(state: State) -> Look:
    """How this state is shown, in the language in use."""
    return {
        State.NEW: Look(tr("New"), "circle-outline", "quiet"),
        State.PREDICTED: Look(tr("Predicted"), "creation", "accent"),
        State.CORRECTED: Look(tr("Corrected"), "pencil", "warning"),
        State.CONFIRMED: Look(tr("Confirmed"), "check-circle", "good"),
    }[state]


def class_name(named: SegClass) -> str:
    """What a class is called; the background keeps its English name in the project, whoever opens it."""
    return tr("background") if named.index == BACKGROUND and named.name == "background" else named.name


def sample_name(sample: Sample, *, paged: bool = False) -> str:
    """What a sample is called: its file's name, with the page where the file has several."""
    name = sample.source.path.name
    if paged or sample.source.page:
        return tr("{name}, page {page}").format(name=name, page=sample.source.page + 1)
    return name
