"""Zope in this process: configured as its zope.conf says, with one site opened."""

from .arguments import CONF_VARIABLE
from .outcomes import Absent
from .outcomes import CommandFailed
from .outcomes import DatabaseLocked
from .outcomes import WrongUsage
from AccessControl.SecurityManagement import newSecurityManager
from AccessControl.SecurityManagement import noSecurityManager
from AccessControl.users import system
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from Products.CMFCore.interfaces import ISiteRoot
from Testing.makerequest import makerequest
from typing import Any
from zc.lockfile import LockError
from ZConfig import ConfigurationError
from ZODB.POSException import StorageError
from zope.component.hooks import setSite
from zope.component.interfaces import ISite
from zope.globalrequest import clearRequest
from zope.globalrequest import setRequest
from Zope2.Startup.serve import setup_logging

import logging
import os
import transaction
import Zope2


@contextmanager
def opened_site(conf: str, path: str | None, logging_conf: str | None) -> Iterator[Any]:
    """One site of the Zope that a zope.conf describes.

    :param path: of the site in the database; None for the only one
    :param logging_conf: zope.ini or wsgi.ini with the loggers to use
    :raises CommandFailed: when it cannot be opened
    """
    _set_up_logging(logging_conf)
    app = _opened_app(conf)
    try:
        portal = chosen_site(app, path)
        setSite(portal)
        yield portal
    finally:
        transaction.abort()
        setSite(None)
        clearRequest()
        noSecurityManager()
        app._p_jar.close()
        Zope2.DB.close()


def chosen_site(app: Any, path: str | None) -> Any:
    """The site at a path, or the only one at the root of Zope.

    :raises CommandFailed: when there is none, or a choice
    """
    if path is None:
        sites = [each for each in app.objectValues() if ISiteRoot.providedBy(each)]
        if len(sites) == 1:
            return sites[0]
        paths = ", ".join("/".join(each.getPhysicalPath()) for each in sites)
        raise WrongUsage(f"--site is missing; there are these sites: {paths or 'none'}")
    portal = app.unrestrictedTraverse(path.strip("/"), None)
    if not ISite.providedBy(portal):
        raise Absent(f"There is no site at {path}.")
    return portal


def _set_up_logging(conf: str | None) -> None:
    if conf is None:
        logging.basicConfig(level=logging.ERROR)
        # It reports the lock, and so do we, in other words.
        logging.getLogger("zc.lockfile").setLevel(logging.CRITICAL)
    else:
        setup_logging(_existing(conf))


def _opened_app(conf: str) -> Any:
    # When Zope starts it reads the variable by itself, whatever was configured before.
    os.environ[CONF_VARIABLE] = _existing(conf)
    try:
        app = makerequest(Zope2.app())
    except ConfigurationError as error:
        raise CommandFailed(f"Zope cannot be configured: {error}") from None
    except LockError as error:
        raise DatabaseLocked(
            f"{error}. Another process, most likely a running Zope, has the database"
            " to itself. Stop it, or serve the database by ZEO or RelStorage, or use"
            " the REST API (@service-keys, @personal-access-tokens) of the running"
            " site."
        ) from None
    except StorageError as error:
        raise CommandFailed(f"The database cannot be opened: {error}") from None
    app.REQUEST["PARENTS"] = [app]
    setRequest(app.REQUEST)
    newSecurityManager(None, system)
    return app


def _existing(path: str) -> str:
    if not Path(path).is_file():
        raise Absent(f"There is no file {path}.")
    return str(Path(path).resolve())
