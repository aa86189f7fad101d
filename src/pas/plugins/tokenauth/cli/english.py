"""What the services say to people, in the language of the command line."""

from zope.i18n import translate


def in_english(message: str) -> str:
    """A translatable string in English, with its variables filled in."""
    text: str = translate(message, target_language="en")
    return text
