from django import template

from gateway_project.console import words

register = template.Library()
register.filter("duration", words.duration)
register.filter("figure", words.figure)
register.filter("share", words.share)


@register.filter
def unlocalized(number: float) -> str:
    """Spell a number as CSS reads it, whatever the language."""
    return str(number)
