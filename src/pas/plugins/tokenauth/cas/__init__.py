"""The CAS protocol, by which older web sites let the site log people in."""
