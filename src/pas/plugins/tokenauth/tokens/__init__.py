"""Issuing tokens, finding them, and the checks on every use."""
