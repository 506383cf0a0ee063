"""What an operator edits: classes and their rules, reporters, tokens. Quarantine to look at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import Count, QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest
from django.utils.html import format_html

from reports.intake.tokens import create_token
from reports.models import (
    Classification,
    ClassificationRule,
    Instance,
    QuarantinedItem,
    Reporter,
    Token,
)

CONDITIONS = ("types", "reporters", "url_holds")


def has_no_condition(rule: ClassificationRule) -> bool:
    """Whether a rule takes every report that comes to it."""
    return not (rule.is_informational or any(getattr(rule, name) for name in CONDITIONS))


def takes_the_rest(rule: ClassificationRule) -> bool:
    """Whether reports would be left without a class if `rule` went."""
    others = ClassificationRule.objects.exclude(pk=rule.pk)
    return has_no_condition(rule) and not any(has_no_condition(other) for other in others)


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """One entry a line. The rule that takes the rest can't be narrowed."""

    class Meta:
        model = ClassificationRule
        fields = ("classification", "position", *CONDITIONS, "is_informational")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CONDITIONS:
            words = f"{self.fields[name].help_text} One a line."
            self.fields[name] = OneALine(forms.CharField(), required=False, help_text=words)
        self.took_the_rest = self.instance.pk is not None and takes_the_rest(self.instance)

    def clean(self) -> dict[str, Any]:
        """Keep a rule without conditions among all rules."""
        cleaned = super().clean() or self.cleaned_data
        narrowed = any(cleaned.get(name) for name in (*CONDITIONS, "is_informational"))
        if self.took_the_rest and narrowed:
            raise forms.ValidationError(
                "No other rule takes the reports that no rule holds for; add one first."
            )
        return cleaned


class OneALine(SimpleArrayField):
    """A list of texts in a box, an entry a line; lines without text are none."""

    def __init__(self, base_field: forms.Field, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 6, "cols": 60}))
        super().__init__(base_field, delimiter="\n", **kwargs)

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """The entries without the spaces around them."""
        if isinstance(value, str):
            value = [line.strip() for line in value.splitlines() if line.strip()]
        return list(super().to_python(value))


@admin.register(Classification)
class ClassificationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Classes, in the order of lists and summaries."""

    list_display = ("name", "slug", "position", "look", "is_time_out")
    list_editable = ("position",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(ClassificationRule)
class ClassificationRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rules, in the order in which they are tried. They count for reports to come."""

    form = RuleForm
    list_display = ("position", "classification", "types", "reporters", "url_holds")
    list_display_links = ("position", "classification")
    list_select_related = ("classification",)
    actions = None

    def has_delete_permission(
        self, request: HttpRequest, obj: ClassificationRule | None = None
    ) -> bool:
        """Not for the rule that takes what no other does."""
        return super().has_delete_permission(request, obj) and not (obj and takes_the_rest(obj))


@admin.register(Instance)
class InstanceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Installations of applications."""

    list_display = ("name", "reporter_count")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Instance]:
        """With the number of reporters of each."""
        instances: QuerySet[Instance] = super().get_queryset(request)
        return instances.annotate(reporter_count=Count("reporters"))

    @admin.display(description="reporters", ordering="reporter_count")
    def reporter_count(self, instance: Any) -> int:
        """How many reporters are sorted into it."""
        return int(instance.reporter_count)


@admin.register(Reporter)
class ReporterAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Reporters. Unknown ones add themselves and wait here to be sorted."""

    list_display = ("name", "instance", "is_sorted", "added_at")
    list_editable = ("instance", "is_sorted")
    list_filter = ("is_sorted", "instance")
    list_select_related = ("instance",)
    search_fields = ("name",)
    readonly_fields = ("added_at",)
    actions = ("claim",)

    @admin.action(description="Claim: the instances of these reporters are right")
    def claim(self, request: HttpRequest, reporters: QuerySet[Reporter]) -> None:
        """Mark reporters as sorted."""
        changed = reporters.update(is_sorted=True)
        self.message_user(request, f"{changed} reporters are sorted.")


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Tokens. One's text is shown when it is made, and never again."""

    list_display = ("name", "scope", "created_at", "is_revoked")
    list_filter = ("scope", "is_revoked")
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: Token | None = None) -> tuple[str, ...]:
        """What a token may do is settled when it is made."""
        return ("name", "scope", "created_at", "is_revoked") if obj else ("name", "scope")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Token | None = None
    ) -> tuple[str, ...]:
        """A token that exists can only be revoked."""
        return ("name", "scope", "created_at") if obj else ()

    def save_model(self, request: HttpRequest, obj: Token, form: Any, change: bool) -> None:
        """Make a new token and show it, or change an old one."""
        if change:
            super().save_model(request, obj, form, change)
            return
        text = create_token(name=obj.name, scope=obj.scope)
        obj.pk = Token.objects.get(name=obj.name).pk
        words = "This is the token; it is not shown again: <code>{}</code>"
        self.message_user(request, format_html(words, text), messages.WARNING)

    @admin.action(description="Revoke: let nobody in by these tokens")
    def revoke(self, request: HttpRequest, tokens: QuerySet[Token]) -> None:
        """Revoke tokens. Processes that know them let them in for ten more seconds."""
        changed = tokens.update(is_revoked=True)
        self.message_user(request, f"{changed} tokens are revoked.")


@admin.register(QuarantinedItem)
class QuarantinedItemAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What could not be read, to look at. Its own page shows the bytes and retries it."""

    list_display = ("quarantined_at", "reason", "oops_id", "source", "size", "page")
    list_filter = ("reason", "source")
    list_select_related = ("source",)
    search_fields = ("oops_id", "detail", "origin")
    fields = (
        "quarantined_at", "received_at", "source", "origin", "media_type", "oops_id",
        "reason", "detail", "size", "page",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuarantinedItem]:
        """Without the bytes, but with their number."""
        held: QuerySet[QuarantinedItem] = super().get_queryset(request)
        return held.select_related("source").defer("content").annotate(size=Length("content"))

    @admin.display(description="bytes", ordering="size")
    def size(self, item: Any) -> int:
        """How many bytes are kept."""
        return int(item.size)

    @admin.display(description="page")
    def page(self, item: QuarantinedItem) -> str:
        """A link to the page with the bytes."""
        return format_html('<a href="/intake/quarantine/{}/">bytes, retry</a>', item.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody puts things in by hand."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: QuarantinedItem | None = None
    ) -> bool:
        """Bytes stay as they came."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: QuarantinedItem | None = None
    ) -> bool:
        """Nothing vanishes: the ledger counts what is here."""
        return False
