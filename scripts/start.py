"""Start a Plone site with the add-on and keep it running until Ctrl-C.

The site lives in var/instance. It is made when it is missing, else used again.
"""

from instance import Instance
from instance import ROOT_USER
from instance import SITE_USER
from servers import ServerError

import argparse
import signal
import sys


GREETING = """
The site is ready: {url}

    your service keys   {url}/@@manage-service-keys
    Site Administrator  {site_user[0]} / {site_user[1]}
    Manager             {root_user[0]} / {root_user[1]}, a user of the Zope root

Ctrl-C stops it. The data stays in {home}; `make clean` removes it.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--name", default="instance", help="folder below var/")
    options = parser.parse_args()

    # A polite kill takes the server along, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    instance = Instance(options.name, options.port)
    if not (instance.home / "issuer").exists():
        print("Making the site, this takes some seconds ...", flush=True)
    try:
        instance.prepare()
        # To the terminal.
        instance.log = None
        instance.start()
        print(
            GREETING.format(
                url=instance.url,
                home=instance.home,
                site_user=SITE_USER,
                root_user=ROOT_USER,
            ),
            flush=True,
        )
        instance.process.wait()
    except KeyboardInterrupt:
        print("Stopped.")
    except ServerError as error:
        sys.exit(str(error))
    finally:
        instance.stop()


if __name__ == "__main__":
    main()
