"""Contracts of sealing."""

from zope.interface import Interface


class ISealer(Interface):
    """Seals for one site: an adapter of ISiteContext.

    What is sealed for one purpose and id opens for no other, nor at another site.
    """

    def seal(purpose, id, data):
        """The data, a bytes object, sealed; needs the sealing key.

        :param purpose: what it is for, a string without a zero character
        :param id: which of them it is, likewise
        :raises SealingOff: when there is no usable key, or, for what is kept (see
            ISealedValues), another one than has sealed the rest
        """

    def open(purpose, id, sealed):
        """The data that was sealed.

        :raises CannotOpen: when it was not sealed for this, or by another key
        :raises SealingOff: when there is no usable key
        """


class ISealedValues(Interface):
    """Sealed values in a store: an adapter of ISiteContext, named by their purpose."""

    def __call__():
        """Pairs of id and sealed value, as a list."""

    def replace(id, sealed):
        """Keep a value that was sealed again."""

    def forget(id):
        """Keep it no longer: the key that has sealed it is lost."""


class INeedsSealing(Interface):
    """Says what waits for the sealing key: a named utility of a feature."""

    def __call__(site):
        """What the feature is called, translatable; empty if the site does not use it.

        :param site: ISiteContext
        """
