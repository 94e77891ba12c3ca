from __future__ import annotations

import re

import pytest

from tests.docs.site import DOCS, EDITIONS, code_blocks, headings, pages

HUNGARIAN = pages("hu")
ENGLISH = pages("en")


def test_small_firms_can_read_their_pages_in_hungarian() -> None:
    assert {"index.md", "demo.md", "minicrm.md", "troubleshooting.md"} <= HUNGARIAN.keys()


@pytest.mark.parametrize("name", sorted(HUNGARIAN))
def test_the_editions_of_a_page_have_the_same_shape(name: str) -> None:
    assert headings(HUNGARIAN[name]) == headings(ENGLISH[name])
    assert code_blocks(HUNGARIAN[name]) == code_blocks(ENGLISH[name])
    assert _table_sizes(HUNGARIAN[name]) == _table_sizes(ENGLISH[name])


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_page_is_in_the_menu(edition: str) -> None:
    menu = (DOCS / f"mkdocs.{edition}.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    assert set(re.findall(r"- (\S+\.md)$", menu, re.MULTILINE)) == set(pages(edition))


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_page_names_a_folder_of_a_machine_or_a_registry(edition: str) -> None:
    for name, text in pages(edition).items():
        found = re.findall(r"(?<![\w.])/(?:home|root|tmp|work|Users)/\S*|pypi\S*|\S*simple/|index-url\S*", text)
        assert found == [], name


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_front_page_says_what_is_not_real(edition: str) -> None:
    front = pages(edition)["index.md"]
    words = {"en": ("not VIPeX's format", "simulated"), "hu": ("nem a VIPeX formátuma", "szimulált")}[edition]
    assert all(word in front for word in words)


def _table_sizes(page: str) -> list[int]:
    return [len(block.strip().splitlines()) for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE)]
