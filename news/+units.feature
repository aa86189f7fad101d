Labels of settings name the unit of their numbers.
