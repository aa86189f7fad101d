"""What the GenericSetup profiles do beyond XML."""
