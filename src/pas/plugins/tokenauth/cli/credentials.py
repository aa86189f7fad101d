"""What the commands do that every kind of credential has."""

from ..core.clock import now
from ..core.text import is_clean
from ..credentials.disabling import disable_credentials
from ..credentials.disabling import enable_credentials
from ..credentials.interfaces import ICredentialKind
from ..credentials.interfaces import IIssued
from ..credentials.kinds import kind_named
from ..credentials.search import Criteria
from ..credentials.search import find_credentials
from ..credentials.serializers import serialize_credential
from ..credentials.serializers import serialize_usage
from ..credentials.service import credential_of
from ..credentials.service import issued_before
from ..credentials.service import revoke_credentials
from ..credentials.service import revoke_issued_before
from ..credentials.transfer import transfer_credential
from ..storage.interfaces import ICredential
from ..usage.log import Usage
from .files import new_secret_file
from .files import NewSecretFile
from .kinds import every_word
from .kinds import KindCommands
from .options import given_options
from .outcomes import Answer
from .outcomes import CommandFailed
from .questions import is_confirmed
from .session import committed
from .session import Session
from collections.abc import Sequence
from typing import Any

import secrets


_EVER = float("inf")


def issue(session: Session, arguments: Any) -> Answer:
    """Issue a credential to a user."""
    commands: KindCommands = arguments.commands
    kind = kind_named(commands.kind)
    material = given_options(commands.material, arguments, now())
    idempotency_key = secrets.token_hex()

    def change() -> IIssued:
        at = now()
        issued = kind.issue(
            session.site,
            session.requester,
            given_options(commands.options, arguments, at),
            at,
            idempotency_key,
            material=material,
            owner=getattr(arguments, "user", ""),
        )
        file.write(issued.text)
        return issued

    with new_secret_file(getattr(arguments, "output", None)) as file:
        file.create()
        issued = committed(change)
    return answer(session, arguments, "Issued", file, issued.credential, issued)


def rotate(session: Session, arguments: Any) -> Answer:
    """Give a credential another secret."""
    commands: Any = arguments.commands
    site, requester = session.site, session.requester
    kind = kind_named(commands.kind)
    material = given_options(commands.rotation, arguments, now())

    def change() -> IIssued:
        at = now()
        issued = kind.rotate(
            site,
            requester,
            credential_of(site, requester, arguments.id, kind),
            at,
            arguments.overlap,
            material=material,
            options=given_options(commands.options, arguments, at),
        )
        file.write(issued.text)
        return issued

    with new_secret_file(arguments.output) as file:
        file.create()
        issued = committed(change)
    return answer(session, arguments, "Rotated", file, issued.credential, issued)


def answer(
    session: Session,
    arguments: Any,
    done: str,
    file: NewSecretFile,
    credential: ICredential,
    issued: IIssued | None,
    **members: Any,
) -> Answer:
    """What was done to a credential, and where its secret is."""
    document = serialize_credential(session.site, credential, now()) | members
    if issued is not None and file.is_printed:
        return Answer({**document, **issued.members}, issued.text)
    end = document["expires"] or "never"
    whose = f" of {credential.owner}" if credential.owner else ""
    text = f"{done} {credential.credential_id}{whose}, expires: {end}."
    if file.path is not None:
        text += f" {arguments.commands.secret.capitalize()}: {file.path}"
    if issued is not None and not arguments.commands.secret:
        return Answer({**document, **issued.members}, text)
    return Answer({**document, "output": file.path}, text)


def list_some(session: Session, arguments: Any) -> Answer:
    """Those of a kind that fit, the newest first."""
    site, at, commands = session.site, now(), arguments.commands
    found = find_credentials(
        site,
        session.requester,
        at,
        Criteria(
            text=arguments.search,
            state=arguments.state,
            owner=arguments.user,
            kind=kind_named(commands.kind),
        ),
    )
    documents = [serialize_credential(site, each, at) for each in found]
    text = f"There are no such {commands.word}s."
    if documents:
        text = as_table(documents, commands.columns)
    return Answer(documents, text)


def usage(session: Session, arguments: Any) -> Answer:
    """When one was used, the newest use first."""
    site, commands = session.site, arguments.commands
    kind = kind_named(commands.kind)
    credential = credential_of(site, session.requester, arguments.id, kind)
    entries = [serialize_usage(entry) for entry in Usage(site, credential, now())]
    text = f"The {commands.word} was never used."
    if entries:
        text = as_table(entries, commands.usage_columns)
    return Answer(entries, text)


def revoke(session: Session, arguments: Any) -> Answer:
    """Revoke the named credentials, or all that were issued before a time.

    Of a kind, if the command is one for a kind.
    """
    commands: KindCommands | None = arguments.commands
    kind = None if commands is None else kind_named(commands.kind)
    words = every_word("and") if commands is None else f"{commands.word}s"
    if not (arguments.ids or arguments.yes):
        site, before = session.site, _time_before(arguments)
        number = len(issued_before(site, session.requester, before, kind))
        if not is_confirmed(f"Revoke {number} of all {words} for good?"):
            raise CommandFailed("Nothing is revoked.")
    number = committed(lambda: _revoked(session, arguments, kind))
    text = f"{words.capitalize()} revoked: {number}."
    return Answer({"revoked": number}, text)


def disable(session: Session, arguments: Any) -> Answer:
    """Disable the named credentials."""

    def change() -> int:
        return disable_credentials(
            session.site, session.requester, arguments.ids, now()
        )

    number = committed(change)
    return Answer({"disabled": number}, f"Disabled: {number}.")


def enable(session: Session, arguments: Any) -> Answer:
    """Enable the named credentials."""

    def change() -> int:
        return enable_credentials(session.site, session.requester, arguments.ids)

    number = committed(change)
    return Answer({"enabled": number}, f"Enabled: {number}.")


def transfer(session: Session, arguments: Any) -> Answer:
    """Let a credential belong to another user."""
    site, requester = session.site, session.requester

    def change() -> ICredential:
        credential = credential_of(site, requester, arguments.id)
        transfer_credential(site, requester, credential, arguments.user, now())
        return credential

    credential = committed(change)
    text = f"{credential.credential_id} belongs to {credential.owner} now."
    return Answer(serialize_credential(site, credential, now()), text)


def _revoked(session: Session, arguments: Any, kind: ICredentialKind | None) -> int:
    site, requester = session.site, session.requester
    if arguments.ids:
        return revoke_credentials(site, requester, arguments.ids, now(), kind)
    return revoke_issued_before(site, requester, _time_before(arguments), now(), kind)


def _time_before(arguments: Any) -> float:
    """Before when those were issued that are to be revoked."""
    return _EVER if arguments.all else float(arguments.issued_before)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns that are as wide as their widest cell."""
    lines = [list(headings), *([_printable(cell) for cell in row] for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def as_table(documents: list[dict[str, Any]], columns: tuple[str, ...]) -> str:
    """Members of documents as a table for people."""
    headings = [name.replace("_", " ").upper() for name in columns]
    rows = [[_cell(document[name]) for name in columns] for document in documents]
    return table(headings, rows)


def _cell(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value or "")


def _printable(cell: str) -> str:
    """What others have typed must not steer the terminal."""
    return "".join(char if is_clean(char) else "?" for char in cell) or "-"
