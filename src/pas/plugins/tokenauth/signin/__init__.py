"""What every protocol needs that a person logs in for: the way to Plone's log-in and
back, and the frame of the pages on it."""
