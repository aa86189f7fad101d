"""What a person sees when something went wrong on our side, or is not there."""

from ..i18n import _
from ..site.users import SourceFailed
from .page import FrontChannelView
from .page import RETRY_AFTER
from transaction.interfaces import TransientError


class FailurePage(FrontChannelView):
    """A page that needs neither the site nor its database."""

    #: The database may be what has failed.
    site_title = ""

    def __call__(self) -> str:
        response = self.request.response
        status = self._status()
        if status == 503:
            response.setHeader("Retry-After", RETRY_AFTER)
        # It leads to what does not exist then.
        response.headers.pop("location", None)
        body = self.message(status, *_MESSAGES[status])
        response.setStatus(status, lock=1)
        response.setBody(body, lock=1)
        # Tells PAS that the challenge is done.
        response._has_challenged = True
        return body

    def _status(self) -> int:
        if isinstance(self.context, (SourceFailed, TransientError)):
            return 503
        status = getattr(self.context, "status", None) or 500
        return 404 if 300 <= status < 500 else 500


_MESSAGES = {
    404: (_("There is nothing here"), _("Begin again at the application.")),
    500: (
        _("The site has failed"),
        _("Nothing was changed. Begin again at the application in a while."),
    ),
    503: (
        _("The site is busy"),
        _("Nothing was changed. Go back, and try again in a moment."),
    ),
}
