"""Taking images out of the project: what is asked before a mask is thrown away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from segdesk.core.patch import State
from segdesk.core.project import Sample
from segdesk.core.translation import tr
from segdesk.gui.dialogs.losing import ask_whether, loses
from segdesk.gui.states import sample_name
from segdesk.gui.workbench import Workbench


class Removal(QObject):
    """The order to remove what is selected in the list: an image, or a closed stack with all of its pages."""

    def __init__(
        self, bench: Workbench, stand_for: Callable[[Sample], list[Sample]], window: QWidget
    ) -> None:
        """stand_for: the samples that the row of one stands for."""
        super().__init__(window)
        self._bench = bench
        self._stand_for = stand_for
        self._window = window

    def remove(self) -> None:
        """Ask before more than one page goes, or a mask; an image without one goes without a question."""
        current = self._bench.current
        if current is None:
            return
        pages = self._stand_for(current)
        if len(pages) > 1:
            self._ask_about_stack(current, pages)
        elif self._has_mask():
            text = tr("Remove {name} from the project? Its mask is thrown away; the file stays.")
            question = self._question(tr("Remove an image"), text.format(name=sample_name(current)))
            self._offer(question, tr("Remove"), [current])
            question.open()
        else:
            self._remove([current])

    def _has_mask(self) -> bool:
        document = self._bench.document
        return document is not None and bool(document.mask.labels.any() or document.mask.corrected.any())

    def _ask_about_stack(self, current: Sample, pages: Sequence[Sample]) -> None:
        masks = sum(page.state is not State.NEW for page in pages)
        if _is_series(pages):
            many, one = (
                tr("{count} masks are thrown away; the files stay."),
                tr("One mask is thrown away; the files stay."),
            )
            none, asked = (
                tr("The files stay."),
                tr("Remove all {count} slices of the series of {name} from the project?"),
            )
            every, only = tr("Remove all {count} slices"), tr("Remove only {name}")
        else:
            many, one = (
                tr("{count} masks are thrown away; the file stays."),
                tr("One mask is thrown away; the file stays."),
            )
            none, asked = tr("The file stays."), tr("Remove all {count} pages of {name} from the project?")
            every, only = tr("Remove all {count} pages"), tr("Remove only page {page}")
        lost = none if masks == 0 else one if masks == 1 else many.format(count=masks)
        name, page = current.source.path.name, current.source.page + 1
        question = self._question(tr("Remove a stack"), f"{asked.format(count=len(pages), name=name)} {lost}")
        self._offer(question, every.format(count=len(pages)), pages)
        self._offer(question, only.format(name=name, page=page), [current])
        question.open()

    def _question(self, title: str, text: str) -> QMessageBox:
        question = ask_whether(title, text, self._window)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return question

    def _offer(self, question: QMessageBox, answer: str, samples: Sequence[Sample]) -> None:
        button = loses(question, answer, tr("Throw away what was painted there"))
        button.clicked.connect(lambda: self._remove(samples))

    def _remove(self, samples: Sequence[Sample]) -> None:
        self._bench.remove_samples([sample.id for sample in samples])
        if len(samples) > 1:
            text = tr("Removed all {count} pages of {name} from the project.")
            if _is_series(samples):
                text = tr("Removed all {count} slices of the series of {name} from the project.")
            name = samples[0].source.path.name
            self._bench.message.emit(text.format(count=len(samples), name=name))


def _is_series(samples: Sequence[Sample]) -> bool:
    """Whether they are files of their own, and no pages of one."""
    return len({sample.source.path for sample in samples}) > 1
