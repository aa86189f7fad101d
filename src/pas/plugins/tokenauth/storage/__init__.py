"""What is kept in the database, and how: by named classes, without Plone."""
