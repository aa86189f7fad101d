"""Pure Python: keys, signatures, claims, tokens, IP ranges. Time is a parameter."""
