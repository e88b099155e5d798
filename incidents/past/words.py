"""Which of our categories the words of another system mean."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.models import Category, PhotoRule

MAJOR: Final = "past"
UNCLASSIFIED: Final = "past-unclassified"
UNKNOWN, AMBIGUOUS = "category_unknown", "category_ambiguous"
LONGEST_CODE = 40


class Categories:
    """Finds categories by code or name; with `create`, unknown words become new ones.

    Inactive ones are found too: a city's past knows matters that nobody reports any more. New
    ones are inactive, so no phone offers them until an administrator has looked at them.
    """

    def __init__(self, *, create: bool) -> None:
        """Read the list."""
        self._create = create
        self._known: dict[str, Category | str] = {}
        self._made: list[Category] = []
        minors = list(Category.objects.filter(major__isnull=False).select_related("major"))
        self._codes = set(Category.objects.values_list("code", flat=True))
        for category in minors:
            self._remember(category.name, category)
            self._remember(category.name_en, category)
        for category in minors:  # a code says more than a name
            self._known[category.code.casefold()] = category

    def of(self, word: str) -> Category | str:
        """Return the category, or why there is none: `category_unknown`, `category_ambiguous`.

        No word at all, in a file without categories, is the unclassified one.
        """
        found = self._known.get(word.casefold() or UNCLASSIFIED)
        if found is not None:
            return found
        if not word:
            return self._new(UNCLASSIFIED, "未分类", "Unclassified")
        return self._new(self._code(word), word, "") if self._create else UNKNOWN

    def save(self) -> Iterator[str | Promise]:
        """Write the new ones below their own major; yields what a person should know."""
        if not self._made:
            return
        with transaction.atomic():
            major, _made = Category.objects.get_or_create(
                code=MAJOR,
                defaults={"name": "历史导入", "name_en": "Imported past", "active": False},
            )
            for category in self._made:
                category.major = major
                category.save()
        yield _("%(count)d categories were created, inactive: set their limits in /admin/.") % {
            "count": len(self._made)
        }
        self._made = []

    def _new(self, code: str, name: str, english: str) -> Category:
        category = Category(
            code=code, name=name, name_en=english, photo=PhotoRule.NONE, active=False, source=MAJOR
        )
        self._codes.add(code)
        self._known[(code if code == UNCLASSIFIED else name).casefold()] = category
        self._made.append(category)
        return category

    def _code(self, word: str) -> str:
        if len(word) <= LONGEST_CODE and word not in self._codes:
            return word
        return f"{MAJOR}-{sha256(word.encode()).hexdigest()[:12]}"

    def _remember(self, name: str, category: Category) -> None:
        key = name.casefold()
        if not key or self._known.get(key) == category:
            return
        self._known[key] = AMBIGUOUS if key in self._known else category
