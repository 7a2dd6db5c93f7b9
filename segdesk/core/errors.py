"""What a person is told when something cannot be done: one sentence that says what to do."""

from __future__ import annotations


class SegdeskError(Exception):
    """Base of every error whose message is meant for the person at the screen."""


class ImageError(SegdeskError):
    """An image cannot be found, read or shown."""


class ProjectError(SegdeskError):
    """A project cannot be opened, made or changed as asked."""


class FormatError(SegdeskError):
    """A file of annotations cannot be read, or cannot be written as asked."""


class ModelError(SegdeskError):
    """A model file cannot be read, or does not fit what it is asked to do."""


class LearningError(SegdeskError):
    """A round of learning cannot start, or cannot go on."""


class FaultError(SegdeskError):
    """Something broke that nobody did wrong: the memory ran out, or a driver failed.

    details: a report for those who are asked to look into it. It can be sent to another process.
    """

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence, details)
        self.details = details

    def __str__(self) -> str:
        return str(self.args[0])
