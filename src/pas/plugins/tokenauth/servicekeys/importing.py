"""Taking over the keys of ftw.tokenauth: the command ``import``."""

from ..cli.files import read_text
from ..cli.outcomes import Absent
from ..cli.outcomes import Answer
from ..cli.outcomes import DONE
from ..cli.outcomes import FAILED
from ..cli.outcomes import WrongUsage
from ..cli.progress import counted
from ..cli.session import committed
from ..cli.session import in_english
from ..cli.session import Session
from ..cli.tables import table
from ..core.clock import now
from ..core.strictjson import parsed
from .ftw_import import import_service_keys
from .ftw_import import ImportReport
from typing import Any


FORMAT = "ftw.tokenauth"
VERSION = 1


def import_keys(session: Session, arguments: Any) -> Answer:
    """Import what the export script has written; what cannot be used is told."""
    records = _records(arguments.file)
    report = committed(
        lambda: import_service_keys(
            session.site, session.requester, counted(records, "Keys"), now()
        )
    )
    refused = [
        {"client_id": record.client_id, "message": in_english(record.message)}
        for record in report.refused
    ]
    document = {
        "imported": report.imported,
        "unchanged": report.unchanged,
        "administrative": report.administrative,
        "refused": refused,
    }
    return Answer(document, _text(report, refused), FAILED if refused else DONE)


def _records(path: str) -> list[dict[str, Any]]:
    """The exported keys in a file.

    :raises Absent: when there is no such file
    :raises WrongUsage: when it is something else
    """
    try:
        document = parsed(read_text(path))
    except FileNotFoundError:
        raise Absent(f"There is no file {path}.") from None
    except OSError as error:
        raise WrongUsage(f"{path} cannot be read: {error}") from None
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise WrongUsage(f"{path} is no export of ftw.tokenauth.")
    if document.get("version") != VERSION:
        raise WrongUsage(f"{path} was written by another version of the export script.")
    records = document.get("service_keys")
    if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        raise WrongUsage(f"{path} holds no list of service keys.")
    return records


def _text(report: ImportReport, refused: list[dict[str, str]]) -> str:
    text = f"Imported: {len(report.imported)}, here before: {len(report.unchanged)}."
    if report.administrative:
        text += "\nThese may administer the site, for a year:\n"
        text += table(["CLIENT ID"], [[each] for each in report.administrative])
    if refused:
        rows = [[each["client_id"], each["message"]] for each in refused]
        text += "\nNot imported:\n" + table(["CLIENT ID", "REASON"], rows)
    return text
