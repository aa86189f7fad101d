"""Answers of views that ask for a partner."""

from ..web.errorview import JSONErrorView
from ..web.errorview import Refusal
from zExceptions import Forbidden


class SignatureRequired(Refusal, Forbidden):
    """The request has no signature of the partner, or one that is good no more."""


class SignatureRequiredView(JSONErrorView):
    """The reason is for the log alone."""

    def __call__(self) -> str:
        description = "This needs a signature of a partner, which is good once."
        members = {"error": "invalid_signature", "error_description": description}
        return self.answer(403, members)
