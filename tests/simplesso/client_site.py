"""A Django site with the client of django-simple-sso as it is; a process of its own.

usage: client_site.py DATABASE SERVER_URL PUBLIC_KEY; the private key comes on standard
input. It prints its port.
"""

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import include
from django.urls import path
from django.urls import re_path
from wsgiref.simple_server import make_server

import sys


def who(request):
    """Who is logged in here."""
    user = request.user
    if not user.is_authenticated:
        return HttpResponse("nobody")
    return HttpResponse(f"{user.username} {user.email} {user.is_staff}")


urlpatterns = []


def main():
    """Serve until the end of the process."""
    database, server_url, public_key = sys.argv[1:]
    settings.configure(
        SECRET_KEY="only for a test",
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
    )
    application = get_wsgi_application()
    call_command("migrate", verbosity=0)
    from simple_sso.sso_client.client import Client

    client = Client(server_url, public_key, sys.stdin.readline().strip())
    urlpatterns.append(re_path("^client/", include(client.get_urls())))
    urlpatterns.append(path("who/", who))
    server = make_server("127.0.0.1", 0, application)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
