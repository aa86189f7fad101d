"""What the commands do that every kind of credential has."""

from ..core.clock import now
from ..credentials import rotation
from ..credentials.disabling import disable_credentials
from ..credentials.disabling import enable_credentials
from ..credentials.interfaces import ICredentialKind
from ..credentials.interfaces import IIssued
from ..credentials.kinds import kind_named
from ..credentials.kinds import kind_of
from ..credentials.serializers import serialize_credential
from ..credentials.service import change_credential
from ..credentials.service import credential_of
from ..credentials.service import issued_before
from ..credentials.service import revoke_credentials
from ..credentials.service import revoke_issued_before
from ..credentials.transfer import transfer_credential
from ..site.fields import fields_of
from ..site.fields import member_of
from ..storage.interfaces import ICredential
from .files import new_secret_file
from .files import NewSecretFile
from .kinds import KindCommands
from .kinds import known_kinds
from .looking import document_of
from .options import argument_of
from .options import given_options
from .outcomes import Answer
from .outcomes import WrongUsage
from .questions import confirm
from .session import committed
from .session import Session
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


def edit(session: Session, arguments: Any) -> Answer:
    """Change options of a credential."""
    site, requester = session.site, session.requester

    def change() -> tuple[ICredential, bool]:
        credential = credential_of(site, requester, arguments.id)
        _check_options(credential, arguments)
        at = now()
        options = given_options(kind_of(credential).options, arguments, at)
        if not options:
            raise WrongUsage("There is nothing to change: say what, see --help.")
        return credential, change_credential(site, requester, credential, options, at)

    credential, is_changed = committed(change)
    done = "Changed" if is_changed else "Unchanged"
    document = document_of(site, credential, now()) | {"changed": is_changed}
    return Answer(document, f"{done}: {credential.credential_id}.")


def _check_options(credential: ICredential, arguments: Any) -> None:
    """Refuse options that the kind of a credential does not have.

    The arguments were read before anybody knew which kind it is.
    """
    known = _arguments_of(kind_of(credential).options)
    given = {
        argument
        for commands in known_kinds()
        for argument in _arguments_of(commands.options)
        if argument in arguments
    }
    foreign = sorted(given - known)
    if foreign:
        flags = ", ".join(f"--{each.replace('_', '-')}" for each in foreign)
        raise WrongUsage(f"{credential.credential_id} has no such option: {flags}.")


def _arguments_of(options: Any) -> set[str]:
    return {argument_of(member_of(field)) for field in fields_of(options).values()}


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


def revoke(session: Session, arguments: Any) -> Answer:
    """Revoke the named credentials, or all that were issued before a time.

    Of a kind, if the command is one for a kind.
    """
    commands: KindCommands | None = arguments.commands
    kind = None if commands is None else kind_named(commands.kind)
    if arguments.with_made and not arguments.ids:
        raise WrongUsage("--with-made goes with ids only.")
    words = "credentials" if commands is None else f"{commands.word}s"
    if arguments.ids:
        confirm(arguments, f"Revoke {', '.join(arguments.ids)} for good?")
    elif not arguments.yes:
        site, before = session.site, _time_before(arguments)
        number = len(issued_before(site, session.requester, before, kind))
        confirm(arguments, f"Revoke {number} of all {words} for good?")
    number = committed(lambda: _revoked(session, arguments, kind))
    text = f"{words.capitalize()} revoked: {number}."
    return Answer({"revoked": number}, text)


def disable(session: Session, arguments: Any) -> Answer:
    """Disable the named credentials."""
    site, requester = session.site, session.requester
    number = committed(
        lambda: disable_credentials(site, requester, arguments.ids, now())
    )
    return Answer({"disabled": number}, f"Disabled: {number}.")


def enable(session: Session, arguments: Any) -> Answer:
    """Enable the named credentials."""
    site, requester = session.site, session.requester
    number = committed(lambda: enable_credentials(site, requester, arguments.ids))
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


def end_secret(session: Session, arguments: Any) -> Answer:
    """End one of several secrets or keys of a credential."""
    site, requester = session.site, session.requester
    kid = arguments.kid
    confirm(arguments, f"End {kid} of {arguments.id} for good?")

    def change() -> ICredential:
        credential = credential_of(site, requester, arguments.id)
        rotation.end_secret(requester, credential, kid, now())
        return credential

    credential = committed(change)
    text = f"{kid} of {credential.credential_id} has ended."
    return Answer(serialize_credential(site, credential, now()), text)


def _revoked(session: Session, arguments: Any, kind: ICredentialKind | None) -> int:
    site, requester = session.site, session.requester
    if arguments.ids:
        return revoke_credentials(
            site, requester, arguments.ids, now(), kind, arguments.with_made
        )
    return revoke_issued_before(site, requester, _time_before(arguments), now(), kind)


def _time_before(arguments: Any) -> float:
    """Before when those were issued that are to be revoked."""
    return _EVER if arguments.all else float(arguments.issued_before)
