"""A site in Django whose log-in is django-cas-ng, as its documentation sets it up.

``python django_site.py PORT CAS-URL CAS-VERSION DATABASE``
"""

from django.conf import settings
from typing import Any
from wsgiref.simple_server import make_server

import django
import sys


PORT, SERVER, VERSION, DATABASE = sys.argv[1:]

settings.configure(
    SECRET_KEY="nothing here is secret",
    ALLOWED_HOSTS=["*"],
    DEBUG_PROPAGATE_EXCEPTIONS=True,
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django_cas_ng",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["django_cas_ng.backends.CASBackend"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    LOGIN_URL="/accounts/login",
    CAS_SERVER_URL=f"{SERVER}/",
    CAS_VERSION=VERSION,
    CAS_APPLY_ATTRIBUTES_TO_USER=True,
)
django.setup()

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django_cas_ng import views  # noqa: E402


@login_required
def page(request: Any) -> HttpResponse:
    """Who is logged in, and what else is known."""
    return HttpResponse(f"user={request.user.username} mail={request.user.email}")


urlpatterns = [
    path("page", page),
    path("accounts/login", views.LoginView.as_view(), name="cas_ng_login"),
    path("accounts/logout", views.LogoutView.as_view(), name="cas_ng_logout"),
]

call_command("migrate", verbosity=0)
with make_server("127.0.0.1", int(PORT), get_wsgi_application()) as server:
    server.serve_forever()
