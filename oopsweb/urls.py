"""Which part of the site answers to which address."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/", include("reports.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("reports.web.urls")),
]
