"""Files for a spreadsheet: any table, and the list of credentials."""

from ...storage.interfaces import ICredential
from ...web.response import never_store
from ..search import state_of
from ..service import last_use
from .base import CredentialsView
from collections.abc import Iterable
from tempfile import TemporaryFile
from typing import Any
from typing import BinaryIO
from ZPublisher.HTTPResponse import make_content_disposition

import csv
import io


COLUMNS = (
    "kind",
    "id",
    "title",
    "name",
    "owner",
    "state",
    "scopes",
    "ip_ranges",
    "issued",
    "issued_by",
    "expires",
    "last_used",
    "revoked",
    "revoked_by",
    "made_with",
)
#: What makes a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(
    page: CredentialsView,
    name: str,
    columns: Iterable[str],
    rows: Iterable[Iterable[str]],
) -> BinaryIO:
    """A table as a download, which the publisher sends part by part."""
    # It is closed, and so removed, when it is sent.
    file: BinaryIO = TemporaryFile()  # noqa: SIM115
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    text.detach()
    response = page.request.response
    response.setHeader("Content-Type", "text/csv; charset=utf-8")
    disposition = make_content_disposition("attachment", f"{name}.csv")
    response.setHeader("Content-Disposition", disposition)
    never_store(page.request)
    return file


def credentials_csv(page: Any) -> BinaryIO:
    """The whole list of a CredentialTable, as it is filtered and sorted."""
    rows = (_cells(page, credential) for credential in page.found)
    return csv_file(page, page.place.prefix, COLUMNS, rows)


def _cells(page: Any, credential: ICredential) -> Iterable[str]:
    use = last_use(page.site, credential)
    return (
        credential.kind,
        credential.credential_id,
        credential.title,
        credential.name,
        credential.owner,
        state_of(credential, page.now),
        " ".join(credential.scopes),
        credential.ip_ranges,
        page.iso(credential.issued_at),
        credential.issued_by or credential.owner,
        page.iso(credential.expires_at),
        page.iso(use.time if use else None),
        page.iso(credential.revoked_at),
        credential.revoked_by,
        credential.made_with,
    )


def _harmless(cell: str) -> str:
    """The string in a form that no spreadsheet runs."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
