"""What the pages show of CAS services."""
