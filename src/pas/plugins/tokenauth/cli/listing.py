"""Looking at keys: ``list`` and ``usage``."""

from ..clock import now
from ..usecases.documents import service_key_document
from ..usecases.documents import usage_document
from ..usecases.search import find_service_keys
from ..usecases.servicekeys import service_key_of
from ..usecases.usage import Usage
from .answers import Answer
from .session import Session
from .tables import table
from typing import Any


def list_keys(session: Session, options: Any) -> Answer:
    """The keys that fit, the newest first."""
    server, at = session.server, now()
    found = find_service_keys(
        server,
        session.actor,
        at,
        text=options.search,
        state=options.state,
        owner=options.user,
    )
    keys = [service_key_document(server, service_key, at) for service_key in found]
    columns = (
        "client_id",
        "owner",
        "name",
        "title",
        "state",
        "expires",
        "last_used",
    )
    return Answer(keys, _as_table(keys, columns) if keys else "There are no such keys.")


def usage(session: Session, options: Any) -> Answer:
    """When a key obtained access tokens, the newest first."""
    service_key = service_key_of(session.server, session.actor, options.client_id)
    used = Usage(session.server, service_key, now())
    entries = [usage_document(entry) for entry in used]
    columns = ("time", "subject", "address", "user_agent")
    text = _as_table(entries, columns) if entries else "The key was never used."
    return Answer(entries, text)


def _as_table(documents: list[dict[str, Any]], columns: tuple[str, ...]) -> str:
    headings = [name.replace("_", " ").upper() for name in columns]
    rows = [[document[name] or "" for name in columns] for document in documents]
    return table(headings, rows)
