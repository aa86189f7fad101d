"""What credentials of every kind share: their service, pages and REST services."""
