"""`openapi`: the API's description, for those who write clients."""

import json

import typer

from runtime.http.app import ENDPOINTS
from runtime.http.openapi import document


def register(app: typer.Typer) -> None:
    app.command("openapi")(openapi)


def openapi() -> None:
    """Print the API's description in OpenAPI 3.1."""
    typer.echo(text())


def text() -> str:
    """As it is committed in docs/openapi.json."""
    return json.dumps(document(ENDPOINTS), indent=2, ensure_ascii=False)
