A switch that is not for a user is shown disabled, with the reason.
