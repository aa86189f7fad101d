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
import re


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
#: Where a spreadsheet takes what follows for a formula. What separates cells is another
#: sign in other languages, so it is looked for within cells, too.
_FORMULA = re.compile(r"""(^|[;,|\t\r\n])([\s"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])""")


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
        writer.writerow([harmless(cell) for cell in row])
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


def harmless(cell: str) -> str:
    """The string in a form that no spreadsheet runs."""
    cell = _FORMULA.sub(r"\1\2'", cell)
    return f"'{cell}" if cell.startswith(("\t", "\r")) else cell
