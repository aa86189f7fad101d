Forms, REST and commands have the same presets: ``plone.read``, and 365 days for a service key, 90 for a personal access token. The forms also offer 7 and 60 days.
