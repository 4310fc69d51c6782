"""A provider of sign-ins on this machine: OpenID Connect, as far as an app asks for it.

It answers as OpenID Connect Core 1.0 and Discovery 1.0 write: discovery, keys, a page to choose
who to be, a token signed with RS256, and sign-out. Who asks with another secret, another address
to return to or a code for the second time, is refused as there.
"""

from __future__ import annotations

import base64
import html
import json
import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

HERE = "127.0.0.1"
CLIENT, SECRET = "dekkend", "secret-of-the-test"
CODE_SECONDS = 60


@dataclass
class Provider:
    """What the provider knows.

    Attributes
    ----------
    people
        Name on its page, and claims of that person.
    returns
        Addresses that it may send a browser back to.
    age
        Of a token when it is made, in seconds.
    address
        Where it is.
    signed_out
        Times that somebody signed out.
    """

    people: dict[str, dict]
    returns: list[str] = field(default_factory=list)
    age: float = 0.0
    address: str = ""
    signed_out: int = 0
    codes: dict[str, dict] = field(default_factory=dict)
    keys: KeySet = field(
        default_factory=lambda: KeySet([RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})])
    )

    def metadata(self):
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "end_session_endpoint": f"{self.address}/out",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }

    def token(self, asked):
        now = time.time() - self.age
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "iat": int(now),
            "exp": int(time.time() + 300),
            "nonce": asked.get("nonce", ""),
            **self.people[asked["person"]],
        }
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.keys.keys[0])


@contextmanager
def running(people):
    """Provider at an address of this machine, for this purpose and stopped afterwards."""
    provider = Provider(people)
    server = ThreadingHTTPServer((HERE, 0), _Handler)
    server.provider = provider
    provider.address = f"http://{HERE}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """What the provider answers."""

    @property
    def provider(self):
        return self.server.provider

    def log_message(self, *_what):
        """Say nothing: the tests tell what went wrong."""

    def do_GET(self):
        path, asked = self._asked(urlsplit(self.path).query)
        if path == "/.well-known/openid-configuration":
            self._json(self.provider.metadata())
        elif path == "/keys":
            self._json(self.provider.keys.as_dict(private=False))
        elif path == "/authorize":
            self._authorize(asked)
        elif path == "/out":
            self.provider.signed_out += 1
            self._go(asked["post_logout_redirect_uri"])
        else:
            self.send_error(404)

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        path, asked = self._asked(self.rfile.read(length).decode())
        if path != "/token":
            self.send_error(404)
        elif self._client(asked) != (CLIENT, SECRET):
            self._json({"error": "invalid_client"}, 401)
        else:
            code = self.provider.codes.pop(asked.get("code", ""), None)
            known = code and code["redirect_uri"] == asked.get("redirect_uri")
            if not known or time.time() - code["made"] > CODE_SECONDS:
                self._json({"error": "invalid_grant"}, 400)
            else:
                self._json(
                    {
                        "access_token": secrets.token_urlsafe(),
                        "token_type": "Bearer",
                        "expires_in": 300,
                        "id_token": self.provider.token(code),
                    }
                )

    def _asked(self, query):
        fields = {name: values[0] for name, values in parse_qs(query).items()}
        return urlsplit(self.path).path, fields

    def _authorize(self, asked):
        usual = asked.get("client_id") == CLIENT and asked.get("response_type") == "code"
        if not usual or asked.get("redirect_uri") not in self.provider.returns:
            self.send_error(400, "unknown client or address")
        elif "person" not in asked:
            self._page(asked)
        elif asked["person"] not in self.provider.people:
            self._go(asked["redirect_uri"], error="access_denied", state=asked["state"])
        else:
            code = secrets.token_urlsafe()
            self.provider.codes[code] = {**asked, "made": time.time()}
            self._go(asked["redirect_uri"], code=code, state=asked["state"])

    def _page(self, asked):
        links = "".join(
            f"<li><a href='?{html.escape(urlencode({**asked, 'person': name}))}'>"
            f"{html.escape(name)}</a></li>"
            for name in [*self.provider.people, "nobody"]
        )
        text = f"<!doctype html><html lang='en'><title>Who?</title><h1>Who?</h1><ul>{links}</ul>"
        self._send(text.encode(), "text/html; charset=utf-8")

    def _client(self, asked):
        kind, _space, given = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "basic":
            name, _colon, secret = base64.b64decode(given).decode().partition(":")
            return unquote(name), unquote(secret)
        return asked.get("client_id"), asked.get("client_secret")

    def _go(self, address, **query):
        self.send_response(302)
        self.send_header("Location", f"{address}?{urlencode(query)}" if query else address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, said, status=200):
        self._send(json.dumps(said).encode(), "application/json", status)

    def _send(self, body, kind, status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
