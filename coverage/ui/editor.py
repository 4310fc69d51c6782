"""Who is at the screen, and whether that person may change the own register.

Without sign-in the person at this computer may edit, and nobody who comes over a network. With
sign-in (OpenID Connect, the section ``[auth]`` of Streamlit's secrets) everybody may look, and
editing is for the people whom the environment names:

``DEKKEND_EDITORS``
    E-mail addresses, with commas between them.
``DEKKEND_EDITOR_CLAIM``
    A claim of the sign-in and what it must hold, for instance ``groups=dekkend-editors``. A dot
    goes into a claim: ``realm_access.roles=dekkend-editor``.
``DEKKEND_EMAIL_UNVERIFIED``
    ``yes`` if an e-mail address counts too when the provider does not say whether it is verified.
``DEKKEND_SIGN_IN_HOURS``
    How long one may edit after signing in; 12 without it.
"""

from __future__ import annotations

import getpass
import ipaddress
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import platformdirs
import streamlit as st

from coverage.i18n import _
from coverage.ui.state import plain_text

if TYPE_CHECKING:
    from pathlib import Path

EDITORS = "DEKKEND_EDITORS"
CLAIM = "DEKKEND_EDITOR_CLAIM"
EMAIL_UNVERIFIED = "DEKKEND_EMAIL_UNVERIFIED"
HOURS = "DEKKEND_SIGN_IN_HOURS"

LONGEST_NAME = 80
"""Characters of a name; it stands in tables."""

CLOCKS_DIFFER = 300
"""Seconds that the clock of a provider may be ahead of the one here."""

_USUAL_HOURS = 12.0
_NAME_PIXELS = 480
_NAME = "editor_name"
_NAME_FIELD = "editor_name_field"
_NAME_SURE = "editor_name_sure"

_BY_A_PROXY = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"}
)
"""Headers that only something between the browser and the app adds."""


@dataclass(frozen=True)
class Editor:
    """Who is at the screen.

    Attributes
    ----------
    name
        Stands as the author with what this person changes; empty for a stranger.
    may_edit
        Whether this person may change the own register.
    why
        What stands in the way and what to do, in the language of the context; empty when nothing
        does.
    identity
        Tells this person from all others, also from one with the same name; empty where nothing
        does. Without sign-in it is the name.
    """

    name: str
    may_edit: bool
    why: str = ""
    identity: str = ""


def editor() -> Editor:
    """Who is at the screen now; asked of the server, whatever the page shows."""
    claims = _claims()
    if claims is not None:
        return _signed_in(claims)
    if os.environ.get(EDITORS) or os.environ.get(CLAIM):
        return Editor("", may_edit=False, why=_without_sign_in())
    if is_local(*_request()):
        name = _local_name()
        return Editor(name, may_edit=True, identity=name)
    return Editor("", may_edit=False, why=_from_elsewhere())


def bar() -> None:
    """Show who is at the screen: to sign in or out, to give a name, or why not to edit."""
    now = editor()
    if _claims() is not None:
        _sign_in_bar(now)
    elif now.may_edit:
        _name_bar(now)
    else:
        st.info(now.why)


# --- at this computer -------------------------------------------------------


def is_local(headers: Mapping[str, str], ip: object) -> bool:
    """Whether a browser on this computer asks, without anything in between.

    Parameters
    ----------
    headers
        Of the request that opened the session.
    ip
        Address that it came from; None for the computer itself.

    Notes
    -----
    The name that the browser asked for (``Host``) and the page that asked (``Origin``) must both
    be there, and be the same: a proxy may replace the first, and leaves the second as it is.

    Examples
    --------
    >>> is_local({"Host": "localhost:8501", "Origin": "http://localhost:8501"}, None)
    True
    >>> is_local({"Host": "localhost:8501", "Origin": "https://kaart.example.nl"}, None)
    False
    """
    known = {name.lower(): value for name, value in headers.items()}
    between = any(name in _BY_A_PROXY or name.startswith("x-forwarded") for name in known)
    asked, page = _here("//" + known.get("host", "")), _here(known.get("origin", ""))
    return ip is None and not between and asked is not None and asked == page


def _here(address: str) -> tuple[str, int | None] | None:
    """Name and port of an address of this computer; None of any other."""
    try:
        parts = urlsplit(address)
        name, port = parts.hostname or "", parts.port
        here = name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return None
    return (name, port) if here else None


def _request() -> tuple[Mapping[str, str], object]:
    """Headers of the request that opened the session, and the address that it came from."""
    return st.context.headers.to_dict(), st.context.ip_address


def _name_file() -> Path:
    return platformdirs.user_config_path("dekkend", appauthor=False) / "name.txt"


def _kept_name() -> str:
    """Name that was given, in this session or before; empty if none was."""
    if _NAME not in st.session_state:
        try:
            st.session_state[_NAME] = tidy(_name_file().read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            st.session_state[_NAME] = ""
    return str(st.session_state[_NAME])


def _local_name() -> str:
    return _kept_name() or tidy(_system_name()) or _("this computer")


def _system_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a system may have no name for who runs this
        return ""


def tidy(name: str) -> str:
    """Name on one line, not too long, without signs that cannot be seen."""
    return " ".join("".join(filter(_is_seen, name)).split())[:LONGEST_NAME].strip()


def _is_seen(letter: str) -> bool:
    return letter.isprintable() or letter.isspace()


def _name_bar(now: Editor) -> None:
    """Say under which name changes are kept; ask for one as long as none was given.

    The name of before is of whoever sat here last: each session is asked whether that still holds.
    """
    if _kept_name() and not st.session_state.get(_NAME_SURE):
        with st.container(border=True, width=_NAME_PIXELS):
            name = plain_text(now.name)
            st.markdown(_("You work as **{name}**. Or are you somebody else?", name=name))
            with st.container(horizontal=True, gap="small"):
                st.button(
                    _("Yes, that is me"),
                    key="editor_name_right",
                    on_click=st.session_state.__setitem__,
                    args=(_NAME_SURE, True),
                )
                with st.popover(_("Another name"), icon=":material/edit:"):
                    _ask_name(now)
        return
    if _kept_name():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_("Changes are kept under the name **{name}**.", name=plain_text(now.name)))
            with st.popover(_("Another name"), icon=":material/edit:"):
                _ask_name(now)
        return
    with st.container(border=True, width=_NAME_PIXELS):
        _ask_name(now)


def _ask_name(now: Editor) -> None:
    st.session_state.setdefault(_NAME_FIELD, now.name)
    with st.form("editor_name_form", border=False):
        st.text_input(
            _("Your name"),
            key=_NAME_FIELD,
            max_chars=LONGEST_NAME,
            help=_("It stands with every change that you save, so that others know who to ask."),
        )
        st.form_submit_button(_("Use this name"), on_click=_keep_name)


def _keep_name() -> None:
    name = tidy(st.session_state.get(_NAME_FIELD, ""))
    st.session_state.pop(_NAME_FIELD, None)
    if not name:
        return
    st.session_state[_NAME] = name
    st.session_state[_NAME_SURE] = True
    try:
        _name_file().parent.mkdir(parents=True, exist_ok=True)
        _name_file().write_text(name + "\n", encoding="utf-8")
    except OSError:
        return  # then it is kept for this session, and asked again in the next


# --- by signing in ----------------------------------------------------------


def _claims() -> Mapping[str, Any] | None:
    """What the sign-in says of this person, nothing for a stranger; None without sign-in."""
    said = st.user.to_dict()
    if "is_logged_in" not in said:
        return None
    return said if said["is_logged_in"] is True else {}


def _signed_in(claims: Mapping[str, Any]) -> Editor:
    if not claims:
        return Editor("", may_edit=False, why=_("You can look at everything. Sign in to edit."))
    name = name_of(claims)
    if not is_listed(claims, os.environ):
        return Editor(name, may_edit=False, why=_not_listed(name))
    if not is_fresh(claims, time.time(), _hours()):
        why = _("You signed in too long ago to edit. Sign out, and sign in again.")
        return Editor(name, may_edit=False, why=why)
    return Editor(name, may_edit=True, identity=identity_of(claims))


def identity_of(claims: Mapping[str, Any]) -> str:
    """What no other account has, from the claims of the sign-in; empty if they do not say.

    A name, and with some providers an e-mail address, is what somebody chose.

    Examples
    --------
    >>> identity_of({"iss": "https://inloggen.example", "sub": "17", "name": "A"})
    'https://inloggen.example 17'
    """
    issuer, subject = claims.get("iss"), claims.get("sub")
    return f"{issuer} {subject}" if issuer and subject else ""


def name_of(claims: Mapping[str, Any]) -> str:
    """Name of who signed in, from the claims of the sign-in.

    Examples
    --------
    >>> name_of({"sub": "17", "email": "a@example.nl"})
    'a@example.nl'
    """
    found = (claims.get(key) for key in ("name", "preferred_username", "email", "sub"))
    return next((tidy(one) for one in found if isinstance(one, str) and tidy(one)), "?")


def is_listed(claims: Mapping[str, Any], environment: Mapping[str, str]) -> bool:
    """Whether who signed in is named as an editor.

    Parameters
    ----------
    claims
        Of the sign-in.
    environment
        With `EDITORS` and `CLAIM`, or one of them; without either nobody is.

    Notes
    -----
    An e-mail address counts only if the provider calls it verified: its owner may have made it
    up. Some providers never say so; with `EMAIL_UNVERIFIED` an address of theirs counts, as long
    as they do not deny it.

    Examples
    --------
    >>> is_listed({"groups": ["staff", "editors"]}, {"DEKKEND_EDITOR_CLAIM": "groups=editors"})
    True
    """
    listed = {one.casefold() for one in re.split(r"[\s,;]+", environment.get(EDITORS, "")) if one}
    email = claims.get("email")
    unsaid = environment.get(EMAIL_UNVERIFIED, "").strip().lower() == "yes"
    verified = str(claims.get("email_verified", unsaid)).lower() == "true"
    if verified and isinstance(email, str) and email.strip().casefold() in listed:
        return True
    claim, _equals, wanted = environment.get(CLAIM, "").partition("=")
    return bool(wanted.strip()) and wanted.strip() in _held(claims, claim.strip())


def _held(claims: Mapping[str, Any], name: str) -> set[str]:
    """Texts that a claim holds; a dot in its name goes into it, unless the name itself has one."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    several = found if isinstance(found, list | tuple) else [found]
    return {
        str(one).lower() if isinstance(one, bool) else str(one)
        for one in several
        if isinstance(one, str | int)
    }


def is_fresh(claims: Mapping[str, Any], now: float, hours: float) -> bool:
    """Whether the sign-in is not too old to edit by, and not of a time to come.

    The browser keeps a sign-in for a month; who was taken off the list of the provider since
    must not edit that long.

    Parameters
    ----------
    claims
        Of the sign-in, with its moment (``iat``) in seconds since 1970.
    now
        The same, of now.
    hours
        How old it may be.
    """
    made = claims.get("iat")
    return isinstance(made, int | float) and -CLOCKS_DIFFER <= now - made <= hours * 3600


def _hours() -> float:
    try:
        hours = float(os.environ.get(HOURS, ""))
    except ValueError:
        return _USUAL_HOURS
    return hours if hours > 0 else _USUAL_HOURS


def _sign_in_bar(now: Editor) -> None:
    if not now.name:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(now.why)
            for provider in _providers():
                st.button(
                    _sign_in_words(provider),
                    key=f"sign_in_{provider}",
                    icon=":material/login:",
                    on_click=_sign_in,
                    args=(provider,),
                )
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_("Signed in as **{name}**.", name=plain_text(now.name)))
        st.button(_("Sign out"), icon=":material/logout:", on_click=_sign_out)
    if not now.may_edit:
        st.info(now.why)


def _providers() -> list[str]:
    """Names of those who can say who somebody is; the unnamed one first, as an empty name."""
    section = st.secrets["auth"]
    named = [name for name, value in section.items() if isinstance(value, Mapping)]
    named = [name for name in named if "client_id" in section[name]]
    return ["", *named] if "client_id" in section else named


def _sign_in_words(provider: str) -> str:
    return _("Sign in with {provider}", provider=plain_text(provider)) if provider else _("Sign in")


def _sign_in(provider: str) -> None:
    st.login(provider or None)


def _sign_out() -> None:
    st.logout()


def _not_listed(name: str) -> str:
    return _(
        "You are signed in as {name}, who may look but not edit. Ask the administrator of this "
        "app to add you to the editors.",
        name=plain_text(name),
    )


def _from_elsewhere() -> str:
    return _(
        "You can look at everything. Editing is for the person at the computer that the app runs "
        "on, until the administrator sets up sign-in."
    )


def _without_sign_in() -> str:
    return _(
        "You can look at everything. Nobody can edit now: editors are named, but sign-in is not "
        "set up. Ask the administrator of this app."
    )
