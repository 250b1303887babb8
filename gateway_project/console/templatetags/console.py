from django import template
from django.db.models import Model
from django.template import Context
from django.urls import reverse

from gateway_project.console import navigation, words

register = template.Library()
register.filter("duration", words.duration)
register.filter("figure", words.figure)
register.filter("share", words.share)


@register.filter
def unlocalized(number: float) -> str:
    """Spell a number as CSS reads it, whatever the language."""
    return str(number)


@register.simple_tag(takes_context=True)
def trail(context: Context) -> list[tuple[str, str]]:
    """Return the way to this page as texts and links, in the sidebar's words."""
    opts, row = context.get("opts"), context.get("original")
    if opts is None:
        return [(str(context.get("title") or ""), "")]
    page = f"{opts.app_label}_{opts.model_name}"
    name = navigation.NAMES.get(page, str(opts.verbose_name_plural))
    parts = [(name, reverse(f"admin:{page}_changelist"))]
    if isinstance(row, Model):
        parts.append((str(row), reverse(f"admin:{page}_change", args=[row.pk])))
    elif context.get("add"):
        parts.append((str(context.get("title") or ""), ""))
    return parts
