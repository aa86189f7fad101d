"""``@@oauth2-consent``: the answer of a person whom the authorization endpoint asks."""

from ..core.errors import AccessDenied
from ..core.errors import OAuthError
from ..core.redirects import host_of
from ..core.redirects import is_native
from ..core.redirects import shown_target
from ..i18n import _
from ..site.users import SiteUser
from ..web.address import client_address
from ..web.isolation import OAuth2Request
from .authorizing import is_always_asked
from .authorizing import is_known_target
from .authorizing import recorded_authorization
from .interfaces import AuthorizationRequest
from .interfaces import ConsentItem
from .interfaces import IConsent
from .interfaces import IDelegation
from .interfaces import Question
from .question import MAX_ANSWER
from .view import AuthorizationView
from collections.abc import Iterator


VIEW = "oauth2-consent"


class ConsentView(AuthorizationView):
    """The answer to the question; the question itself is shown where it comes up."""

    methods = ("POST",)

    def ask(
        self,
        request: AuthorizationRequest,
        raw: str,
        subject: SiteUser,
        problem: str = "",
    ) -> str:
        """The page with the question.

        :param raw: the parameters of the request, as a query spells them
        :param problem: what was wrong with an answer
        """
        question = Question(
            request=request,
            view=VIEW,
            kept=raw,
            origin=tuple(_origin(request)),
            caution=_caution(request, subject),
        )
        return IConsent(self).ask(question, subject, problem)

    def answer(self, prepared: OAuth2Request) -> str:
        answer = IConsent(self).answer(self.form(prepared, MAX_ANSWER), VIEW)
        request = self.identified(answer.kept)
        try:
            self.check(request)
            self.check_person(request, answer.subject)
            if not answer.is_yes:
                raise AccessDenied("The user has refused.")
            scopes = request.scopes & answer.scopes
            if not scopes:
                problem = _("Choose something that the application may do, or deny it.")
                return self.ask(request, answer.kept, answer.subject, problem)
            authorization = IDelegation(self.site).record(
                request,
                answer.subject,
                scopes,
                self.requester,
                client_address(self.request),
            )
            return self.succeed(request, answer.subject, authorization, scopes)
        except OAuthError as error:
            return self.fail(request, error)


def _origin(request: AuthorizationRequest) -> Iterator[ConsentItem]:
    client = request.client
    if client.is_self_registered and client.hosts != (host_of(request.redirect_uri),):
        yield ConsentItem(
            name="hosts",
            sentence=_("Who answers for it"),
            value=", ".join(client.hosts),
        )
    yield ConsentItem(
        name="target",
        sentence=_("You continue at"),
        value=shown_target(request.redirect_uri),
    )


def _caution(request: AuthorizationRequest, subject: SiteUser) -> str:
    if is_always_asked(request):
        if not request.client.is_self_registered or not is_native(request.redirect_uri):
            return ""
        return _(
            "Any program on your computer can claim to be this application. Allow it"
            " only if you have just asked for this in a program that you trust."
        )
    recorded = recorded_authorization(request, subject)
    if recorded and recorded.targets and not is_known_target(request, recorded):
        return _(
            "You have allowed this application before, but you continued elsewhere"
            " then. Allow it only if you trust the new address."
        )
    return ""
