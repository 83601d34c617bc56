"""Makes the page on which one signs in and out; it works without any script."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from maps.standalone import TEMPLATES


@dataclass(frozen=True, slots=True)
class SignInPage:
    """What the page shows: the form, who is signed in (`name`), or that one has signed out.

    `said` is what went wrong, `tried` the name that was typed, `then` the page to go on to, and `provider` an
    address of the provider, where there is one.
    """

    city: str
    title: str = "Sign in"
    said: str = ""
    tried: str = ""
    then: str = "/"
    provider: str | None = None
    name: str | None = None
    roles: str = ""
    form_token: str = ""
    administers: bool = False
    signed_out: bool = False


def sign_in_html(page: SignInPage) -> str:
    """The page as HTML."""
    return TEMPLATES.get_template("sign_in.html.j2").render(**asdict(page))
