"""The site as a whole: its settings, its processes, and the server it brings along."""
