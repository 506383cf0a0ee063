"""The book shop: a WSGI application with the mistakes that such applications have."""
