"""A server for clients of django-simple-sso 1.2: web sites that log people in here."""
