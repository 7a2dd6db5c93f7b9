"""One door for every sentence that a person reads, in the window and on the command line.

The standard library's gettext serves all rooms alike, so that core can speak without knowing Qt.
Only literals may be passed to `tr`: extraction tools find nothing else.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable

from segdesk.core.paths import resources

_translate: Callable[[str], str] = str
_language = "en"


def tr(text: str) -> str:
    """Give `text` in the language in use; the English text itself where there is no translation."""
    return _translate(text)


def counted(count: int, one: str, many: str) -> str:
    """One of two translated sentences, by how many there are; {count} in it is the number."""
    return (one if count == 1 else many).format(count=count)


def use_language(language: str) -> None:
    """Speak `language` (such as "de" or "zh_CN") from now on, English where it is not shipped."""
    global _language
    _language = language
    catalogue = gettext.translation("segdesk", resources() / "translations", [language], fallback=True)
    use_translator(catalogue.gettext)


def language_in_use() -> str:
    """The language that was asked for last; what another process has to be told."""
    return _language


def use_translator(translate: Callable[[str], str]) -> None:
    """Let `translate` turn each English text into what is shown."""
    global _translate
    _translate = translate
