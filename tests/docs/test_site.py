from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from tests.docs.site import DOCS, EDITIONS

# mkdocs, its theme and its plug-ins warn about their own future; our pages are what is tested here.
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.xdist_group("site")]


class _Loaded(HTMLParser):
    """What a browser loads for a page, as opposed to links a reader may follow."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"script": "src", "img": "src", "link": "href", "iframe": "src"}.get(tag)
        self.addresses += [value for name, value in attrs if name == wanted and value]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both editions as `make docs` does; `strict` makes every warning an error."""
    folder = tmp_path_factory.mktemp("site")
    for edition, place in zip(EDITIONS, (folder, folder / "hu"), strict=True):
        config = load_config(str(DOCS / f"mkdocs.{edition}.yml"), site_dir=str(place))
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
    return folder


def test_both_editions_build_strictly_and_lie_together(site: Path) -> None:
    assert (site / "index.html").is_file()
    assert (site / "hu" / "index.html").is_file()


def test_a_page_loads_nothing_from_the_network(site: Path) -> None:
    for path in site.rglob("*.html"):
        loaded = _Loaded()
        loaded.feed(path.read_text(encoding="utf-8"))
        assert [address for address in loaded.addresses if re.match(r"(https?:)?//", address)] == [], path.name


def test_every_example_stands_in_its_page(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = re.sub(r"<[^>]*>|\s", "", path.read_text(encoding="utf-8"))
        assert "--8&lt;" not in text, path.name
    shown = re.sub(r"<[^>]*>", "", (site / "getting-started.html").read_text(encoding="utf-8"))
    for words in ("The request left, no answer came", "asyncio.gather(", "SALESPEOPLE ="):
        assert words in shown


@pytest.mark.parametrize(
    ("page", "other"),
    [
        ("index.html", "hu/index.html"),
        ("reference/errors.html", "../hu/index.html"),
        ("hu/minicrm.html", "../index.html"),
    ],
)
def test_the_language_switch_leads_to_the_other_edition(site: Path, page: str, other: str) -> None:
    text = (site / page).read_text(encoding="utf-8")
    assert f'href="{other}"' in text
    assert (site / page).parent.joinpath(other).is_file()
