"""When, from where and by whom a credential was used: recorder, log, chart."""
