"""Local accounts, their passwords and their lanes."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from gis_ce import accounts
from gis_ce.accounts import Account, add_user, set_active, set_lanes, set_password, signed_in
from gis_ce.case_store import CaseStore
from gis_ce.errors import SignInRefused, UserRefused
from gis_ce.tables import User

GOOD = "correct horse battery"


@pytest.fixture
def store(case_store: CaseStore) -> CaseStore:
    with case_store.session() as session:
        add_user(session, "ann", "Ann Ode", GOOD, ["field", "ce", "ce"])
        session.commit()
    return case_store


def test_a_user_signs_in_and_has_lanes(store: CaseStore) -> None:
    with store.reading() as session:
        assert signed_in(session, "ann", GOOD) == Account("ann", "Ann Ode", True, frozenset({"ce", "field"}))


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ann", "correct horse batterz"),
        ("bob", GOOD),
        ("ann", ""),
        ("", GOOD),
        ("ann", "x" * 10_000),
        ("ann", "\ud800"),
    ],
)
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(store: CaseStore, name: str, password: str) -> None:
    with store.reading() as session, pytest.raises(SignInRefused) as refused:
        signed_in(session, name, password)
    assert str(refused.value) == "This name and password open no account."


def test_a_disabled_user_cannot_sign_in_until_enabled_again(store: CaseStore) -> None:
    with store.session() as session:
        assert set_active(session, "ann", False).active is False
        with pytest.raises(SignInRefused):
            signed_in(session, "ann", GOOD)
        set_active(session, "ann", True)
        assert signed_in(session, "ann", GOOD).active


def test_the_password_itself_is_nowhere_in_the_store(store: CaseStore) -> None:
    with store.reading() as session:
        hashed = session.get_one(User, "ann").password_hash
    assert hashed.startswith("$argon2id$")
    assert GOOD not in hashed


def test_only_the_new_password_opens_the_account(store: CaseStore) -> None:
    with store.session() as session:
        set_password(session, "ann", "another good password")
        assert signed_in(session, "ann", "another good password").name == "ann"
        with pytest.raises(SignInRefused):
            signed_in(session, "ann", GOOD)


def test_lanes_are_replaced_as_a_whole(store: CaseStore) -> None:
    with store.session() as session:
        assert set_lanes(session, "ann", ["meters", "ce"]).lanes == {"meters", "ce"}
        assert set_lanes(session, "ann", []).lanes == frozenset()


@pytest.mark.parametrize(
    ("name", "password", "lanes", "said"),
    [
        ("ann", GOOD, [], "a user ann already"),
        ("Ann", GOOD, [], "no user name"),
        ("a b", GOOD, [], "no user name"),
        ("bob", "short", [], "12 to 256"),
        ("bob", "x" * 257, [], "12 to 256"),
        ("robert", "i am robert really", [], "too easy"),
        ("bob", "aaaaaaaaaaaa", [], "too easy"),
        ("bob", GOOD, ["Field Staff"], "no lane"),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(
    store: CaseStore, name: str, password: str, lanes: list[str], said: str
) -> None:
    with store.session() as session, pytest.raises(UserRefused, match=said):
        add_user(session, name, "", password, lanes)


def test_an_unknown_user_cannot_be_changed(store: CaseStore) -> None:
    with store.session() as session:
        for change in (lambda: set_lanes(session, "bob", []), lambda: set_active(session, "bob", True)):
            with pytest.raises(UserRefused, match="no user 'bob'"):
                change()
        with pytest.raises(UserRefused, match="no user 'bob'"):
            set_password(session, "bob", GOOD)


def test_accounts_are_listed_by_name(store: CaseStore) -> None:
    with store.session() as session:
        add_user(session, "abe", " ", GOOD, [])
        assert [(each.name, each.display) for each in accounts.accounts(session)] == [
            ("abe", "abe"),
            ("ann", "Ann Ode"),
        ]


def test_a_password_hashed_with_older_settings_is_hashed_anew(store: CaseStore) -> None:
    with store.session() as session:
        user = session.get_one(User, "ann")
        user.password_hash = PasswordHasher(time_cost=1, memory_cost=8_192).hash(GOOD)
        assert signed_in(session, "ann", GOOD).name == "ann"
        assert not PasswordHasher().check_needs_rehash(user.password_hash)
