"""The usage log of a credential as a file for a spreadsheet."""

from ..credentials.pages.base import CredentialsView
from ..credentials.pages.csv import csv_file
from .log import Usage
from typing import BinaryIO


COLUMNS = ("time", "subject", "address", "user_agent", "uses", "kid")


class CredentialLogsCSV(CredentialsView):
    """A download."""

    def show(self) -> BinaryIO:  # type: ignore[override]
        credential = self.find(self.text("id"))
        rows = (
            (
                self.iso(entry.time),
                entry.subject,
                entry.address,
                entry.user_agent,
                str(entry.uses),
                entry.kid,
            )
            for entry in Usage(self.site, credential, self.now)
        )
        return csv_file(self, credential.credential_id, COLUMNS, rows)
