"""Why a command fails, each kind with the exit code that scripts can tell it by."""

DONE = 0
FAILED = 1
USAGE = 2
ABSENT = 3
POLICY = 4
LOCKED = 5


class CommandFailed(Exception):
    """The command cannot do what it should; the text is for people."""

    code = FAILED


class WrongUsage(CommandFailed):
    """An argument makes no sense."""

    code = USAGE


class Absent(CommandFailed):
    """A user, key, site or file is not there."""

    code = ABSENT


class AgainstPolicy(CommandFailed):
    """The site's policy does not allow it."""

    code = POLICY


class DatabaseLocked(CommandFailed):
    """Another process has the database to itself."""

    code = LOCKED
