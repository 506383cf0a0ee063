"""What programs read: JSON, described by OpenAPI at /api/schema/."""
