"""What MkDocs calls while it builds the site: pages made from the code, and links that lead out of `docs/`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "docs"))

from building.commands import commands_page  # noqa: E402
from building.reference import made_pages  # noqa: E402

_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<to>[^)#\s]+)(?P<anchor>#[^)]*)?\)")


def on_files(files: Files, config: MkDocsConfig, **_: Any) -> Files:
    """Adds the front page, which is the README, and what the code says of itself."""
    pages = {"index.md": _front_page(), "reference/commands.md": commands_page(), **made_pages(ROOT)}
    for path, text in pages.items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, files: Files, **_: Any) -> str:
    """Links to files that are no pages of the site are said as what they are: paths in the repository."""
    here = Path(page.file.src_uri).parent

    def kept(link: re.Match[str]) -> str:
        to = link["to"]
        if re.match(r"[a-z]+:", to) or _named(here, to) in files.src_uris:
            return link[0]
        text, path = link["text"], _in_repository(here, to)
        return text if text.strip("`") == path else f"{text} (`{path}`)"

    return _LINK.sub(kept, markdown)


def _front_page() -> str:
    readme = (ROOT / "README.md").read_text("utf-8")
    return readme.replace("](docs/", "](")


def _named(here: Path, to: str) -> str:
    parts: list[str] = []
    for part in (here / to).parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _in_repository(here: Path, to: str) -> str:
    target = (ROOT / "docs" / here / to).resolve()
    return str(target.relative_to(ROOT)) if target.is_relative_to(ROOT) and target.exists() else to
