"""Pages over tables too long to count."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.views import ChangeList

CEILING = 10_000


class BoundedPaginator(Paginator):
    """Count, and turn pages, no further than `CEILING` rows; a filter reaches the rest."""

    template_name = "console/pagination.html"

    @cached_property
    def count(self) -> int:
        every: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # an admin pages rows
        rows = every.order_by().values("pk")
        return rows[:CEILING].count()

    @property
    def is_capped(self) -> bool:
        return self.count >= CEILING


class BoundedChangeList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # Two equal numbers keep the page's head silent; below the list the count has words.
        self.full_result_count = self.result_count
