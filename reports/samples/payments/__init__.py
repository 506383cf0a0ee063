"""The payments service: an application of its own, with another team and code base."""
