"""Looking at credentials: ``list`` and ``usage``, ``pat list`` and ``pat usage``."""

from ..core.clock import now
from ..credentials.search import find_credentials
from ..credentials.serializers import serialize_usage
from ..credentials.service import credential_of
from ..usage.log import Usage
from .answers import Answer
from .kinds import ShownKind
from .session import Session
from .tables import table
from typing import Any


def list_some(session: Session, arguments: Any, shown: ShownKind) -> Answer:
    """Those that fit, the newest first."""
    site, at = session.site, now()
    found = find_credentials(
        site,
        session.requester,
        at,
        text=arguments.search,
        state=arguments.state,
        owner=arguments.user,
        kind=shown.kind,
    )
    documents = [shown.document(site, each, at) for each in found]
    text = f"There are no such {shown.word}s."
    if documents:
        text = _as_table(documents, shown.columns)
    return Answer(documents, text)


def usage(session: Session, arguments: Any, shown: ShownKind) -> Answer:
    """When one was used, the newest use first."""
    site = session.site
    credential = credential_of(site, session.requester, arguments.id, shown.kind)
    entries = [serialize_usage(entry) for entry in Usage(site, credential, now())]
    text = f"The {shown.word} was never used."
    if entries:
        text = _as_table(entries, shown.usage_columns)
    return Answer(entries, text)


def _as_table(documents: list[dict[str, Any]], columns: tuple[str, ...]) -> str:
    headings = [name.replace("_", " ").upper() for name in columns]
    rows = [[_cell(document[name]) for name in columns] for document in documents]
    return table(headings, rows)


def _cell(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value or "")
