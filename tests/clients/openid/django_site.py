"""A site in Django whose log-in is mozilla-django-oidc, as its manual sets it up.

``python django_site.py PORT ISSUER CLIENT-ID CLIENT-SECRET DATABASE``
"""

from django.conf import settings
from typing import Any
from urllib.parse import urlencode
from wsgiref.simple_server import make_server

import django
import requests
import sys


PORT, ISSUER, CLIENT_ID, CLIENT_SECRET, DATABASE = sys.argv[1:]
URL = f"http://127.0.0.1:{PORT}"
OP = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=30).json()

settings.configure(
    SECRET_KEY="nothing here is secret",
    ALLOWED_HOSTS=["*"],
    DEBUG_PROPAGATE_EXCEPTIONS=True,
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "mozilla_django_oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["mozilla_django_oidc.auth.OIDCAuthenticationBackend"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    LOGIN_URL="/oidc/authenticate/",
    LOGOUT_REDIRECT_URL=f"{URL}/bye",
    ALLOW_LOGOUT_GET_METHOD=True,
    OIDC_RP_CLIENT_ID=CLIENT_ID,
    OIDC_RP_CLIENT_SECRET=CLIENT_SECRET,
    OIDC_RP_SIGN_ALGO="RS256",
    OIDC_OP_AUTHORIZATION_ENDPOINT=OP["authorization_endpoint"],
    OIDC_OP_TOKEN_ENDPOINT=OP["token_endpoint"],
    OIDC_OP_USER_ENDPOINT=OP["userinfo_endpoint"],
    OIDC_OP_JWKS_ENDPOINT=OP["jwks_uri"],
    OIDC_OP_LOGOUT_URL_METHOD=f"{__name__}.log_out_url",
    OIDC_STORE_ID_TOKEN=True,
)
django.setup()

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import include  # noqa: E402
from django.urls import path  # noqa: E402


@login_required
def page(request: Any) -> HttpResponse:
    """Who is logged in."""
    return HttpResponse(f"mail={request.user.email}")


def bye(request: Any) -> HttpResponse:
    """Whether anybody still is."""
    return HttpResponse(f"logged in: {request.user.is_authenticated}")


def log_out_url(request: Any) -> str:
    """Where the person logs out of the other site, too."""
    parameters = {
        "id_token_hint": request.session["oidc_id_token"],
        "post_logout_redirect_uri": f"{URL}/bye",
    }
    return f"{OP['end_session_endpoint']}?{urlencode(parameters)}"


urlpatterns = [
    path("page", page),
    path("bye", bye),
    path("oidc/", include("mozilla_django_oidc.urls")),
]

call_command("migrate", verbosity=0)
with make_server("127.0.0.1", int(PORT), get_wsgi_application()) as server:
    server.serve_forever()
