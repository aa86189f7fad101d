"""Signing out everywhere: oneself, or somebody else as an administrator."""

from ...credentials.pages.base import CredentialsView
from ...credentials.rights import require_any_right
from ...i18n import _
from ...permissions import MANAGE_ALL_SERVICE_KEYS
from ...signin.logout import log_out_of_plone
from ...signin.signout import can_end_jwts
from ...signin.signout import can_end_log_in
from ...signin.signout import jwt_plugins
from ...signin.signout import sign_out_everywhere
from ...site.errors import InvalidInput
from ...site.requester import require_permission
from ..kind import AUTHORIZATION
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class SignOutEverywhere(CredentialsView):
    """``@@…-sign-out``: says what it ends and what not, and does it."""

    title = _("Sign out everywhere")
    template = ViewPageTemplateFile("templates/signout.pt")
    problem: InvalidInput | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is about the visitor."""
        return self.place.kind is not None

    @property
    def also_ended(self) -> list[str]:
        """What ends besides sessions, in sentences."""
        found = []
        if can_end_log_in(self.site):
            found.append(_("The log-in of this site ends in every browser."))
        if jwt_plugins(self.site) and can_end_jwts(self.site):
            found.append(
                _("The tokens of plone.restapi end, by which Volto knows people.")
            )
        return found

    @property
    def left(self) -> list[str]:
        """What goes on in other browsers, in sentences."""
        found = []
        if not can_end_log_in(self.site):
            found.append(
                _(
                    "The log-in of this site goes on in other browsers, also with a new"
                    " password: this site cannot end it for one person."
                )
            )
        if not can_end_jwts(self.site):
            found.append(
                _(
                    "The tokens of plone.restapi, by which Volto knows people, go on"
                    " until they expire, and can be renewed until then."
                )
            )
        return found

    @property
    def typed(self) -> str:
        """The user id that was typed."""
        return self.text("user").strip()

    def show(self) -> str:
        if self.is_own:
            require_any_right(self.requester, AUTHORIZATION)
        else:
            require_permission(self.requester, MANAGE_ALL_SERVICE_KEYS)
        return self.template()

    def submitted(self) -> str:
        user_id = self.requester.user_id if self.is_own else self.typed
        try:
            ended = sign_out_everywhere(self.site, self.requester, user_id, self.now)
        except InvalidInput as problem:
            self.problem = problem
            return self.show()
        message = _("Sessions ended: ${count}.", mapping={"count": ended.sessions})
        for sentence in self.left:
            api.portal.show_message(sentence, self.request, type="warning")
        if not self.is_own:
            return self.go_to_list(message)
        log_out_of_plone(self.site, self.request)
        api.portal.show_message(message, self.request)
        self.request.response.redirect(self.site_url)
        return ""
