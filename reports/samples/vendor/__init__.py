"""A library that came with the shop, and that its people do not look into."""
