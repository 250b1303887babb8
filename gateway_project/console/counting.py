from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce


def count_of(rows: QuerySet[Any], by: str) -> Coalesce:
    """Return how many of `rows` point by that foreign key to the row of the query around it.

    A subquery each, because two joined counts multiply, and even one groups by all columns.
    """
    theirs = rows.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Coalesce(Subquery(theirs.annotate(count=Count("pk")).values("count")), 0)
