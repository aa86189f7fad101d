"""What the pages show of applications."""
