The range of the chart of uses can be chosen: 24 hours, 7 days, 30 days, a year, or all that is kept.
