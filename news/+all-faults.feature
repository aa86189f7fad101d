Forms, settings, REST services and commands tell everything that is wrong at once; Volto shows it, disables what its user cannot change, and can change numbers.
