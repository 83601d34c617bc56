"""Makes the page on which administrators keep the accounts."""

from __future__ import annotations

from maps.standalone import TEMPLATES
from maps.words import LANGUAGES, sayer


def accounts_html(city_name: str, language: str = "en") -> str:
    """The page in that language; no account stands in it: it asks for them as whoever has opened it."""
    others = {code: name for code, name in LANGUAGES.items() if code != language}
    page = TEMPLATES.get_template("accounts.html.j2")
    return page.render(city=city_name, language=language, others=others, say=sayer(language))
