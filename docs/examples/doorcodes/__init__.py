"""Door codes: a third kind of credential, as an add-on would bring it."""
