"""What the pages show of applications that have registered themselves."""
