"""How many lines and people: the cheapest plan that keeps every target."""
