"""Installing and removing the add-on."""
