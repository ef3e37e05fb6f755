"""From people needed half hour by half hour to shifts that they can work."""
