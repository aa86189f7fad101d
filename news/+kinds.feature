An add-on can bring a kind of credential of its own: declared once, it has pages, a REST endpoint, commands, mail, and its place in Site Setup and in the audit log.
