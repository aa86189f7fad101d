"""Partners: sites that share a secret with this one, and sign with it as ska does."""
