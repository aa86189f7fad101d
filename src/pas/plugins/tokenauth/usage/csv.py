"""The usage log of a credential as a file for a spreadsheet."""

from ..credentials.pages.base import CredentialsView
from ..site.times import iso
from ..web.response import never_store
from .log import Usage
from tempfile import TemporaryFile
from typing import BinaryIO
from ZPublisher.HTTPResponse import make_content_disposition

import csv
import io


COLUMNS = ("time", "subject", "address", "user_agent", "uses", "kid")
#: What makes a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CredentialLogsCSV(CredentialsView):
    """A download."""

    # The publisher sends a file as it is, without having all of it in memory.
    def show(self) -> BinaryIO:  # type: ignore[override]
        credential = self.find(self.text("id"))
        response = self.request.response
        response.setHeader("Content-Type", "text/csv; charset=utf-8")
        response.setHeader(
            "Content-Disposition",
            make_content_disposition("attachment", f"{credential.credential_id}.csv"),
        )
        never_store(self.request)
        return _written(Usage(self.site, credential, self.now), self.timezone)


def _written(usage: Usage, zone: str) -> BinaryIO:
    # It is closed, and so removed, when it is sent.
    file: BinaryIO = TemporaryFile()  # noqa: SIM115
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for entry in usage:
        cells = (
            iso(entry.time, zone),
            entry.subject,
            entry.address,
            entry.user_agent,
            str(entry.uses),
            entry.kid,
        )
        rows.writerow([_harmless(cell) for cell in cells])
    text.detach()
    return file


def _harmless(cell: str) -> str:
    """The string in a form that no spreadsheet runs."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
