"""The panel in Site Setup, for the credentials of everybody and the settings."""
