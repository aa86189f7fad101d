"""The forms for credentials: their fields are those of schemas, see :mod:`.inputs`."""

from ...i18n import _
from ...permissions import ISSUE_KEYS_FOR_OTHERS
from ...site.context import SiteContext
from ...site.errors import InvalidInput
from ...site.fields import fields_of
from ...site.fields import Given
from ...site.requester import require_permission
from ..interfaces import GROUPS
from ..interfaces import ICredentialKind
from ..kinds import kind_of
from ..kinds import kinds
from ..options import Decision
from ..options import options_of
from ..policies import latest_expiry
from ..policies import may_never_end
from ..service import change_credential
from ..service import check_changeable
from .base import CredentialsView
from .fields import Group
from .inputs import ExpiryBounds
from .inputs import given_in
from .inputs import Input
from .inputs import inputs_for
from .interfaces import ICredentialForm
from .interfaces import IDetails
from .interfaces import IOwner
from .interfaces import ISecretPage
from dataclasses import replace
from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import BadRequest
from zope.component import getMultiAdapter
from zope.component import queryMultiAdapter
from zope.interface import implementer
from zope.interface.interface import InterfaceClass

import re
import secrets


_KEY_BYTES = 16
_KEY = re.compile("[0-9a-f]{32}")


@implementer(ICredentialForm)
class CredentialForm(CredentialsView):
    """A form that shows again what was typed, with everything that is wrong with it.

    Somebody may paste a secret where none belongs. So what is pasted into a sensitive
    field leaves the request at once: nothing that shows or logs a request has it, and
    no page shows it again.
    """

    template = ViewPageTemplateFile("templates/form.pt")
    problems: tuple[InvalidInput, ...] = ()

    #: With what the name of the page ends.
    page: str
    #: How the form is sent.
    method = "post"
    #: What was pasted into sensitive fields.
    taken: dict[str, str]

    @property
    def submit_label(self) -> str:
        """What the button says."""
        raise NotImplementedError

    def __call__(self) -> str:
        self.taken = {name: self._take(name) for name in _sensitive_names()}
        return super().__call__()

    def show(self) -> str:
        if not self.problems:
            try:
                self.check()
            except InvalidInput as problem:
                self.problems = problem.all
        return self.template(groups=self.groups())

    def submitted(self) -> str:
        try:
            return self.save()
        except InvalidInput as problem:
            self.problems = problem.all
            return self.show()

    def check(self) -> None:
        """Refuse a visitor whose form would be refused, before they fill it in.

        :raises NotAllowed: with the reason
        :raises InvalidInput: when something in the query cannot be used
        """

    def save(self) -> str:
        """Do what the form is for, and say so.

        :raises InvalidInput: for everything that cannot be used
        """
        raise NotImplementedError

    @cached_property
    def credential(self) -> Any:
        """What the form is about, unless it is for a new one."""
        credential = self.find(self.text("id"))
        check_changeable(credential)
        return credential

    @property
    def credential_id(self) -> str:
        """Of what the form is about; empty for what is yet to be issued."""
        return str(self.credential.credential_id)

    @property
    def kind(self) -> ICredentialKind:
        """Of what the form is about."""
        return kind_of(self.credential)

    @property
    def details(self) -> str:
        """What the page shows below the form, as HTML."""
        found = queryMultiAdapter((self.credential, self), IDetails)
        return "" if found is None else found()

    @cached_property
    def inputs(self) -> list[Input]:
        """The fields of the form; none where it only asks."""
        return []

    @cached_property
    def decision(self) -> Decision:
        """Who decides about what."""
        raise NotImplementedError

    @property
    def expiry_bounds(self) -> ExpiryBounds:
        """Within which an expiry can be chosen."""
        raise NotImplementedError

    def description(self) -> str:
        """What stands below the title of the page."""
        return ""

    def hidden(self) -> dict[str, str]:
        """Values by name that the form carries along."""
        return {"id": self.credential_id}

    @property
    def is_sent(self) -> bool:
        """Whether the values come from the visitor."""
        return bool(self.request.method == "POST")

    def groups(self) -> list[Group]:
        """The input elements, with what is wrong with them; what few need is folded."""
        errors, has_focus = self._errors(), True
        groups = []
        for title, inputs in self._grouped():
            fields = []
            for element in (each for input in inputs for each in input.elements()):
                error = errors.get(element.name, "")
                fields.append(
                    replace(element, error=error, has_focus=bool(error) and has_focus)
                )
                has_focus = has_focus and not error
            is_open = any(each.error for each in fields) or not all(
                each.is_preset for each in inputs
            )
            groups.append(Group(title=title, fields=tuple(fields), is_open=is_open))
        return groups

    def _grouped(self) -> list[tuple[str, list[Input]]]:
        """The inputs that the visitor sees, by the title of their group, if any."""
        folded = self.kind.options.queryTaggedValue(GROUPS, ())
        titles = {name: group.title for group in folded for name in group.names}
        grouped: dict[str, list[Input]] = {"": []}
        for each in self.inputs:
            if each.is_offered:
                grouped.setdefault(titles.get(each.name, ""), []).append(each)
        return list(grouped.items())

    def stray_errors(self) -> list[str]:
        """What is wrong with values that are not in the form."""
        return [each.message for each in self.problems if not self._place_of(each)]

    def _errors(self) -> dict[str, str]:
        """What is wrong first, by the name of the element that shows it."""
        placed = [(self._place_of(each), each.message) for each in self.problems]
        return dict(reversed([(name, text) for name, text in placed if name]))

    def _place_of(self, problem: InvalidInput) -> str:
        offered = [each for each in self.inputs if each.is_offered]
        places = (each.place_of(problem.field) for each in offered)
        return next((place for place in places if place), "")

    def _take(self, name: str) -> str:
        text = self.text(name)
        self.request.form.pop(name, None)
        self.request.other.pop(name, None)
        return text


class IssueCredential(CredentialForm):
    """``@@…-issue``: asks for the options of a credential, and issues it once.

    Nothing of the secret is stored, so the answer to the form is the page that
    shows it: after a redirect there would be nothing left to show.
    """

    credential_id = ""
    details = ""

    @property
    def page(self) -> str:  # type: ignore[override]
        return str(self.__name__).removeprefix(f"{self.place.prefix}-")

    @property
    def asks_for_owner(self) -> bool:
        """Whether all that is asked is for whom: what they can have depends on it."""
        if not self.names_owner or self.is_sent:
            return False
        return self.site.users.get(self.owner) is None

    @property
    def method(self) -> str:  # type: ignore[override]
        return "get" if self.asks_for_owner else "post"

    @property
    def title(self) -> str:
        texts = self.kind.texts
        return texts.issue_title_for_other if self.names_owner else texts.issue_title

    @property
    def submit_label(self) -> str:
        return _("Continue") if self.asks_for_owner else self.kind.texts.issue_label

    def description(self) -> str:
        texts = self.kind.texts
        if self.names_owner:
            return texts.issue_description_for_other
        return texts.issue_description

    @property
    def names_owner(self) -> bool:
        """Whether the visitor says who will own it."""
        return self.place.kind is None and not self.kind.belongs_to_site

    @cached_property
    def kind(self) -> ICredentialKind:
        if self.place.kind is not None:
            return self.place.kind
        for kind in kinds().values():
            if kind.issue_page == self.__name__:
                return kind
        offered = {
            name: kind
            for name, kind in kinds().items()
            if kind.texts.issue_title_for_other
        }
        return offered.get(self.text("kind")) or next(iter(offered.values()))

    @cached_property
    def owner(self) -> str:
        """User id of who will own it; what was typed, if there is no such user.

        It is empty for the visitor, and where nobody was named.
        """
        if not self.names_owner:
            return ""
        return user_id_of(self.site, self.text("owner").strip())

    def check(self) -> None:
        if not self.names_owner or self.owner:
            self.kind.check_may_issue(self.site, self.requester, self.now, self.owner)
            self.place.check_may_issue(self.site, self.requester, self.context)
            return
        require_permission(self.requester, ISSUE_KEYS_FOR_OTHERS)
        self.kind.check_ready(self.site)

    def save(self) -> str:
        issued = self.kind.issue(
            self.site,
            self.requester,
            self.given(self.kind.options),
            self.now,
            idempotency_key=self.idempotency_key(),
            material=self.given(self.kind.material),
            owner=self._owner(),
        )
        return getMultiAdapter((issued, self), ISecretPage).show()

    def given(self, schema: InterfaceClass) -> Given:
        """What was typed into the fields of a schema."""
        names = fields_of(schema)
        given = given_in(each for each in self.inputs if each.name in names)
        for name, value in self.place.settled(self.context).items():
            if name in names:
                given[name] = value
        return given

    @cached_property
    def inputs(self) -> list[Input]:
        if self.asks_for_owner:
            return inputs_for(self, IOwner)
        asked = [IOwner] if self.names_owner else []
        inputs = inputs_for(self, *asked, self.kind.options, self.kind.material)
        settled = self.place.settled(self.context)
        return [each for each in inputs if each.name not in settled]

    @cached_property
    def decision(self) -> Decision:
        return Decision(
            site=self.site,
            requester=self.requester,
            kind=self.kind,
            owner=self.owner or self.requester.user_id,
            now=self.now,
            made_at=self.now,
            before=self.place.proposed(self.context),
        )

    @property
    def expiry_bounds(self) -> ExpiryBounds:
        settings = self.site.settings
        return ExpiryBounds(
            latest=latest_expiry(settings, self.kind, self.now),
            may_never_end=may_never_end(settings, self.kind),
        )

    def _owner(self) -> str | InvalidInput:
        if self.names_owner and not self.owner:
            return InvalidInput("owner", _("Please enter a user."))
        return self.owner

    def hidden(self) -> dict[str, str]:
        """The random string that makes the form issue one credential only."""
        kind = {} if self.place.kind else {"kind": self.kind.name}
        if self.asks_for_owner:
            return kind
        key = self.idempotency_key() if self.is_sent else secrets.token_hex(_KEY_BYTES)
        return {"idempotency_key": key, **kind}

    def idempotency_key(self) -> str:
        """The random string of the form that was sent.

        :raises BadRequest: when there is none
        """
        key = self.text("idempotency_key")
        if not _KEY.fullmatch(key):
            raise BadRequest("The form is incomplete.")
        return key


class EditCredential(CredentialForm):
    """``@@…-edit``: changes the options of a credential."""

    page = "edit"
    submit_label = _("Save")

    @property
    def title(self) -> str:
        return self.kind.texts.edit_title

    def description(self) -> str:
        owner, texts = {"owner": self.credential.owner}, self.kind.texts
        if not self.decision.may_widen:
            return _(texts.locked, mapping=owner)
        if self.kind.belongs_to_site or self.is_mine(self.credential):
            return ""
        return _(texts.of_other, mapping=owner)

    def save(self) -> str:
        options = given_in(self.inputs)
        change_credential(self.site, self.requester, self.credential, options, self.now)
        return self.go_to_list(self._saved())

    def _saved(self) -> str:
        """That it is saved, and whether a program gets in with it."""
        if self.credential.is_live(self.now):
            return _("Your changes are saved and in force.")
        if self.credential.is_current(self.now):
            return _(
                "Your changes are saved. Programs are locked out until it is enabled."
            )
        return _(
            "Your changes are saved. It has expired: programs are locked out until"
            " you give it a later expiry."
        )

    @cached_property
    def inputs(self) -> list[Input]:
        return inputs_for(self, self.kind.options)

    @cached_property
    def decision(self) -> Decision:
        credential = self.credential
        return Decision(
            site=self.site,
            requester=self.requester,
            kind=self.kind,
            owner=credential.owner,
            now=self.now,
            made_at=credential.secret_made_at,
            before=options_of(self.kind, credential),
            may_widen=self.widens(credential),
        )

    @property
    def expiry_bounds(self) -> ExpiryBounds:
        settings, credential = self.site.settings, self.credential
        bounds = [latest_expiry(settings, self.kind, credential.secret_made_at)]
        if not self.decision.may_widen:
            bounds.append(credential.expires_at)
        return ExpiryBounds(
            latest=min((end for end in bounds if end is not None), default=None),
            may_never_end=may_never_end(settings, self.kind),
            before=credential.expires_at,
            keeps=True,
        )


def user_id_of(site: SiteContext, typed: str) -> str:
    """The id of a user whose id or login name was typed; that, if there is none."""
    if not typed or site.users.get(typed) is not None:
        return typed
    by_login = site.users.by_login(typed)
    return typed if by_login is None else by_login.user_id


def _sensitive_names() -> set[str]:
    """Names of the fields into which somebody may paste a secret by mistake."""
    fields = [
        each for kind in kinds().values() for each in fields_of(kind.material).items()
    ]
    return {name for name, field in fields if getattr(field, "is_sensitive", False)}
