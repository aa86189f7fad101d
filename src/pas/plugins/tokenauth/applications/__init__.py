"""Applications: OAuth clients that an administrator registers."""
