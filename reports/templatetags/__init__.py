"""How templates write what the pages show."""
