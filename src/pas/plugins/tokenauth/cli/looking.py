"""``list``, ``show`` and ``usage``: looking at credentials of any kind."""

from ..core.clock import now
from ..credentials.interfaces import ICredentialKind
from ..credentials.kinds import kind_named
from ..credentials.kinds import kind_of
from ..credentials.kinds import kinds
from ..credentials.kinds import stored_kinds
from ..credentials.options import options_of
from ..credentials.options import presets
from ..credentials.search import Criteria
from ..credentials.search import find_credentials
from ..credentials.serializers import serialize_credential
from ..credentials.serializers import serialize_usage
from ..credentials.service import credential_of
from ..site.context import SiteContext
from ..site.fields import fields_of
from ..site.fields import member_of
from ..storage.interfaces import ICredential
from ..usage.log import Usage
from .kinds import COLUMNS
from .kinds import commands_for
from .kinds import USAGE_COLUMNS
from .outcomes import Answer
from .outcomes import WrongUsage
from .session import in_english
from .session import Session
from .tables import as_list
from .tables import as_table
from .tables import shown
from typing import Any


def list_some(session: Session, arguments: Any) -> Answer:
    """Those that fit, of a kind or of each, the newest first."""
    site, at = session.site, now()
    kind = _kind(arguments)
    found = find_credentials(
        site,
        session.requester,
        at,
        Criteria(
            text=arguments.search,
            state=arguments.state,
            owner=arguments.user,
            kind=kind,
        ),
    )
    documents = [document_of(site, each, at) for each in found]
    if not documents:
        words = "credential" if arguments.commands is None else arguments.commands.word
        return Answer(documents, f"There are no such {words}s.")
    if kind is not None:
        return Answer(documents, _table(kind, documents))
    sections = []
    for each in stored_kinds(site.storage):
        of_kind = [found for found in documents if found["kind"] == each.name]
        if of_kind:
            heading = in_english(each.texts.name_of_all)
            sections.append(f"{heading}\n{_table(each, of_kind)}")
    return Answer(documents, "\n\n".join(sections))


def show(session: Session, arguments: Any) -> Answer:
    """Everything about one."""
    site, at = session.site, now()
    credential = credential_of(site, session.requester, arguments.id)
    document = document_of(site, credential, at)
    usual = _with_presets(site, credential)
    pairs = [
        (name, shown(name, value) + (" (default)" if name in usual else ""))
        for name, value in document.items()
        if name != "id"
    ]
    return Answer(document, as_list(pairs))


def usage(session: Session, arguments: Any) -> Answer:
    """When one was used, the newest use first."""
    site, commands = session.site, arguments.commands
    kind = None if commands is None else kind_named(commands.kind)
    credential = credential_of(site, session.requester, arguments.id, kind)
    entries = [serialize_usage(entry) for entry in Usage(site, credential, now())]
    if not entries:
        return Answer(entries, in_english(kind_of(credential).texts.unused))
    commands = commands_for(credential.kind)
    columns = USAGE_COLUMNS if commands is None else commands.usage_columns
    return Answer(entries, as_table(entries, columns))


def document_of(
    site: SiteContext, credential: ICredential, at: float
) -> dict[str, Any]:
    """A credential as REST shows it, with its kind."""
    return {
        "kind": credential.kind,
        "id": credential.credential_id,
        **serialize_credential(site, credential, at),
    }


def _kind(arguments: Any) -> ICredentialKind | None:
    """The kind that is asked for; None for any."""
    if arguments.commands is not None:
        return kind_named(arguments.commands.kind)
    if not arguments.kind:
        return None
    known = kinds()
    if arguments.kind not in known:
        raise WrongUsage(f"--kind: use one of {', '.join(known)}.")
    return known[arguments.kind]


def _table(kind: ICredentialKind, documents: list[dict[str, Any]]) -> str:
    commands = commands_for(kind.name)
    if commands is not None:
        return as_table(documents, commands.columns)
    # What belongs to the site has no owner.
    return as_table(documents, [name for name in COLUMNS if name in documents[0]])


def _with_presets(site: SiteContext, credential: ICredential) -> set[str]:
    """Members of the options that are as they are where nothing is said."""
    kind = kind_of(credential)
    preset = presets(site.settings, kind, credential.secret_made_at)
    fields = fields_of(kind.options)
    return {
        member_of(fields[name])
        for name, value in options_of(kind, credential).items()
        if value == preset[name]
    }
