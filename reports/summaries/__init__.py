"""Numbers for pages and mails, as frozen dataclasses that know nothing of HTML."""
