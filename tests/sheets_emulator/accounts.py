"""Who asks: access tokens, and the signed-JWT flow of service accounts."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.sheets_emulator.book import ApiError

READ_ONLY = "https://www.googleapis.com/auth/spreadsheets.readonly"
_WRITING = {
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive",
    "https://www.googleapis.com/auth/drive.file",
}
_NO_TOKEN = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)


def _reads_only(scope: str) -> bool:
    return bool(scope) and not _WRITING & set(scope.split())


@dataclass(frozen=True)
class Caller:
    email: str = ""
    read_only: bool = False


@dataclass
class Accounts:
    """Tokens that were handed out, by token. `revoked` answers every request for a token with invalid_grant; any
    bearer token is taken as long as `strict` is off."""

    tokens: dict[str, Caller] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict)
    refresh: dict[str, Caller] = field(default_factory=dict)
    revoked: bool = False
    strict: bool = False
    asked: int = 0

    def caller(self, header: str) -> Caller:
        """Who a bearer token belongs to. Raises ApiError 401."""
        token = header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else ""
        if not token or (self.strict and token not in self.tokens):
            raise ApiError(401, "UNAUTHENTICATED", _NO_TOKEN)
        return self.tokens.get(token, Caller("someone@example.com"))

    def expire(self) -> None:
        """Every token that was handed out is worth nothing from now on."""
        self.tokens.clear()

    def key_file(self, path: Path, email: str, token_uri: str) -> Path:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = rsa.generate_private_key(65_537, 2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.keys[email] = key.public_key()
        self.strict = True
        shape = {"type": "service_account", "project_id": "project-1", "private_key_id": "k1",
                 "private_key": pem.decode(), "client_email": email, "client_id": "1",
                 "token_uri": token_uri}  # fmt: skip
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(shape, file)
        return path

    def login(self, email: str, read_only: bool = False) -> str:
        """A refresh token for a person."""
        token = secrets.token_urlsafe()
        self.refresh[token] = Caller(email, read_only)
        self.strict = True
        return token

    def token(self, form: str) -> tuple[int, dict[str, Any]]:
        """The token endpoint."""
        asked = {name: values[0] for name, values in parse_qs(form).items()}
        self.asked += 1
        caller = None if self.revoked else self._granted(asked)
        if caller is None:
            text = "Invalid JWT Signature." if "assertion" in asked else "Token has been expired or revoked."
            text = "Invalid grant: account not found" if self.revoked else text
            return 400, {"error": "invalid_grant", "error_description": text}
        token = secrets.token_urlsafe()
        self.tokens[token] = caller
        return 200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    def _granted(self, asked: dict[str, str]) -> Caller | None:
        if asked.get("grant_type") == "refresh_token":
            known = self.refresh.get(asked.get("refresh_token", ""))
            return Caller(known.email, known.read_only or _reads_only(asked.get("scope", ""))) if known else None
        from google.auth import jwt

        try:
            email = str(jwt.decode(asked["assertion"], verify=False)["iss"])
            claims = jwt.decode(asked["assertion"], certs=self._pem(email), audience=None)
        except (KeyError, ValueError):
            return None
        return Caller(email, _reads_only(claims.get("scope", "")))

    def _pem(self, email: str) -> bytes:
        from cryptography.hazmat.primitives import serialization

        made: bytes = self.keys[email].public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return made
