"""Addresses to notify: what is one, and how secrets come into it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.inputs.addresses import AddressError, fill, secrets_in, wrong_with

ONLY = 'a URL with no other template than {{ secret("NAME") }}'


def vault(name: str) -> str:
    return {"PW": "p@ss/w:rd {{ x }}", "URL": "slack://a/b/c", "HOST": "x.org"}[name]


@pytest.mark.parametrize(
    "address",
    [
        "mailto://me@example.com",
        "https://hooks.slack.com/services/T/B/x?format=text",
        "mailto://me:{{ secret('PW') }}@example.com",
        'json://{{ secret("HOST") }}',
        '{{ secret("URL") }}',
        "{{secret('URL')}}?format=text",
    ],
)
def test_a_url_is_an_address_whether_or_not_there_are_secrets_in_it(address: str) -> None:
    assert wrong_with(address) is None


@pytest.mark.parametrize(
    ("address", "must"),
    [
        ("me@example.com", "a URL, with a scheme and ://"),
        ("example.com", "a URL, with a scheme and ://"),
        ("mailto://", "a URL, with a scheme and ://"),
        ("", "a URL, with a scheme and ://"),
        ("me:{{ secret('PW') }}@example.com", "a URL, with a scheme and ://"),
        ("{# nothing #}", ONLY),
        ("json://{{ ds }}", ONLY),
        ("json://{{ secret }}", ONLY),
        ("json://{{ secret() }}", ONLY),
        ("json://{{ secret(1) }}", ONLY),
        ("json://{{ secret('a', 'b') }}", ONLY),
        ("json://{{ secret(name='a') }}", ONLY),
        ("json://{{ secret(*['a']) }}", ONLY),
        ("json://{{ secret('../passwd') }}", ONLY),
        ("json://{{ secret('a') | upper }}", ONLY),
        ("json://{{ secret('a').__class__ }}", ONLY),
        ("json://{{ other.secret('a') }}", ONLY),
        ("json://{% if true %}x{% endif %}", ONLY),
        ("json://{{ secret('a' }}", 'a URL in which secrets are written {{ secret("NAME") }}'),
    ],
)
def test_anything_else_is_none_and_it_is_said_what_it_must_be(address: str, must: str) -> None:
    assert wrong_with(address) == must


def test_the_secrets_of_an_address_are_known_by_name() -> None:
    assert secrets_in("x://{{ secret('b') }}:{{ secret('a') }}/{{ secret('b') }}") == ("b", "a")
    assert secrets_in("x://plain") == ()


@pytest.mark.parametrize(
    ("address", "filled"),
    [
        ("x://plain%20text", "x://plain%20text"),
        (
            "mailto://me:{{ secret('PW') }}@{{ secret('HOST') }}",
            "mailto://me:p%40ss%2Fw%3Ard%20%7B%7B%20x%20%7D%7D@x.org",
        ),
        ("{{ secret('URL') }}", "slack://a/b/c"),
        ("{{ secret('URL') }}?format=text", "slack://a/b/c?format=text"),
    ],
)
def test_secrets_are_quoted_as_parts_of_a_url_but_not_where_they_are_the_url(
    address: str, filled: str
) -> None:
    assert fill(address, vault) == filled


def test_what_is_no_address_is_not_filled_and_the_error_does_not_show_it() -> None:
    with pytest.raises(AddressError, match="an address to notify must be") as caught:
        fill("json://me:hidden@x/{{ ds }}", vault)

    assert "hidden" not in str(caught.value)


@given(st.text(min_size=1))
def test_no_secret_can_change_where_a_message_goes(secret: str) -> None:
    if any("\ud800" <= sign <= "\udfff" for sign in secret):
        return
    filled = fill("json://me:{{ secret('x') }}@example.com/a", lambda _: secret)

    inner = filled.removeprefix("json://me:").removesuffix("@example.com/a")
    assert not set(inner) & set("@/:?#[]& ")
