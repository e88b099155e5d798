"""Numbers on pages are written as on the maps."""

import pytest
from django.template import Context, Template
from django.utils import translation


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_thousands_are_set_apart(language: str) -> None:
    with translation.override(language):
        page = Template('{{ people|floatformat:"-1g" }}').render(Context({"people": 132067.0}))

    assert page == "132,067"
