"""The query of a request for a list, read strictly, and one page of the list."""

from ...core.text import cleaned
from ...i18n import _
from ...site.errors import InvalidInput
from collections.abc import Iterable
from collections.abc import Sequence
from plone.restapi.batching import HypermediaBatch
from typing import Any
from typing import TypeVar

import re


Item = TypeVar("Item")

_BATCHING = ("b_start", "b_size")
_NUMBER = re.compile("[0-9]{1,9}")
_SHOWN_LENGTH = 40


class Query:
    """Reads the parameters of a query.

    :param request: the request
    :param known: the names there can be besides those of a batch
    :raises InvalidInput: when there is a parameter of another name
    """

    def __init__(self, request: Any, known: Iterable[str]) -> None:
        self._request = request
        unknown = request.form.keys() - {*known, *_BATCHING}
        if unknown:
            name = cleaned(min(unknown), _SHOWN_LENGTH)
            raise InvalidInput(name, _("There is no such parameter."))
        for name in _BATCHING:
            self._check_number(name)

    def text(self, name: str) -> str:
        """A string; empty if it is left out."""
        value = self._request.form.get(name, "")
        if not isinstance(value, str):
            raise InvalidInput(name, _("Give this parameter once."))
        return value

    def choice(self, name: str, choices: Sequence[str], default: str = "") -> str:
        """One of some words."""
        value = self.text(name) or default
        if value and value not in choices:
            raise InvalidInput(
                name,
                _(
                    "This must be one of ${choices}.",
                    mapping={"choices": ", ".join(choices)},
                ),
            )
        return value

    def page(self, items: Sequence[Item]) -> tuple[dict[str, Any], Sequence[Item]]:
        """The members that describe a page of a list, and the items on it."""
        batch = HypermediaBatch(self._request, items)
        page = {"@id": batch.canonical_url, "items_total": batch.items_total}
        if batch.links:
            page["batching"] = batch.links
        first = batch.batch.first
        # At once: single items of a long log have to be looked for from its start.
        return page, items[first : first + batch.batch.length]

    def _check_number(self, name: str) -> None:
        # plone.restapi reads these later, and does not survive all that Zope accepts.
        if name in self._request.form and not _NUMBER.fullmatch(self.text(name)):
            raise InvalidInput(name, _("This must be a number."))
