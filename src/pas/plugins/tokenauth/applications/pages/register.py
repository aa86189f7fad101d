"""Registering an application, from the panel in Site Setup."""

from ...credentials.pages.form import IssueCredential
from ..kind import APPLICATION


class RegisterApplication(IssueCredential):
    """``@@tokenauth-controlpanel-register-application``."""

    page = "register-application"
    kind = APPLICATION
