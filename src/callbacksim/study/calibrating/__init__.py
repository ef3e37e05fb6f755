"""From a call log to the numbers of a scenario, each with its evidence."""
