"""Plain text in the language of its reader."""

from ..core.text import cleaned
from ..credentials.kinds import kind_of
from ..i18n import _
from ..site.times import localized
from ..site.timezone import site_timezone
from ..storage.interfaces import ICredential
from collections.abc import Iterable
from functools import cached_property
from zope.i18n import translate

import textwrap


_WIDTH = 72
_VALUE_LENGTH = 1000


class Wording:
    """Turns messages and times into one language.

    :param language: code of the language
    """

    def __init__(self, language: str) -> None:
        self._language = language

    def text(self, message: str) -> str:
        """A message in that language."""
        return str(translate(message, target_language=self._language))

    def prose(self, *messages: str) -> str:
        """A paragraph of sentences, broken into lines."""
        sentences = " ".join(self.text(message) for message in messages if message)
        return textwrap.fill(
            sentences, _WIDTH, break_long_words=False, break_on_hyphens=False
        )

    def line(self, label: str, value: str) -> str:
        """A line that holds one value, whatever characters are in it."""
        return self.text(
            _(
                "label_and_value",
                default="${label}: ${value}",
                mapping={
                    "label": self.text(label),
                    "value": cleaned(value, _VALUE_LENGTH),
                },
            )
        )

    def names(self, credential: ICredential) -> tuple[str, str]:
        """The lines by which people know a credential."""
        id_label = kind_of(credential).texts.id_label
        return (
            self.line(_("Title"), credential.title),
            self.line(id_label, credential.credential_id),
        )

    def time(self, seconds: float) -> str:
        """A time with the name of its time zone, the site's."""
        return f"{localized(seconds, self._zone, self._language)} ({self._zone})"

    @cached_property
    def _zone(self) -> str:
        return site_timezone()


def body(paragraphs: Iterable[str]) -> str:
    """The text of a mail; paragraphs without text are left out."""
    return "\n\n".join(text for text in paragraphs if text) + "\n"
