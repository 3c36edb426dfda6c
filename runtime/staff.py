"""STATION. Who may log in, and as what: operators, their passwords and their tokens.

Units of work, for the API and the command line alike. Each leaves a line in the audit trail; `by` is
who acts.
"""

import dataclasses
from collections.abc import Mapping

from runtime import errors
from runtime.storage import audit, logins, operators
from runtime.storage.operators import Operator, Role, Token
from runtime.storage.sql import Tx, loads


def hire(tx: Tx, by: str, operator: Operator, password_hash: str) -> None:
    if operators.by_email(tx, operator.email):
        raise errors.Conflict(f"{operator.email} is an operator already.", code="email_taken")
    operators.create(tx, operator, password_hash)
    told: dict[str, object] = {
        "email": operator.email,
        "name": operator.name,
        "role": operator.role,
    }
    if operator.schedule:
        told["schedule"] = loads(operator.schedule)
    audit.note(tx, by, "operator.create", operator.id, told)


def change(tx: Tx, by: str, operator_id: str, wanted: Mapping[str, str]) -> Operator:
    """`wanted`: some of name, role, state, schedule and password, which is hashed. Logins end with
    the password, the role or the state that they began with; tokens end with the state.
    """
    if _would_end_an_admin(wanted) and operators.lock_admins(tx) == {operator_id}:
        raise errors.Conflict("Nobody else is an active admin.", code="last_admin")
    before = operators.get(tx, operator_id)
    if before is None:
        raise errors.NotFound("There is no such operator.")
    changed = {
        name: value
        for name, value in wanted.items()
        if name == "password" or value != getattr(before, name)
    }
    if changed:
        operators.change(tx, operator_id, changed)
        audit.note(tx, by, "operator.change", operator_id, _told(changed))
    if changed.keys() & {"password", "role", "state"}:
        logins.end_all(tx, operator_id)
    if changed.get("state") == "disabled":
        operators.revoke_all(tx, operator_id)
    return dataclasses.replace(
        before, **{name: value for name, value in changed.items() if name != "password"}
    )


def issue(tx: Tx, by: str, operator: Operator, name: str) -> tuple[Token, str]:
    """A new token, and the secret that is shown this once."""
    token, secret = operators.new_token(tx, operator, name)
    audit.note(tx, by, "token.create", token.id, {"operator_id": operator.id, "name": name})
    return token, secret


def revoke(tx: Tx, by: str, token_id: str) -> None:
    """The token is useless at once."""
    if not operators.revoke(tx, token_id):
        raise errors.NotFound("There is no such token, or it is revoked already.")
    audit.note(tx, by, "token.revoke", token_id)


def _would_end_an_admin(wanted: Mapping[str, str]) -> bool:
    return wanted.get("role", Role.ADMIN) != Role.ADMIN or wanted.get("state") == "disabled"


def _told(changed: Mapping[str, str]) -> dict[str, object]:
    """Never the password, not even hashed."""
    told: dict[str, object] = dict(changed)
    if "password" in told:
        told["password"] = "changed"  # noqa: S105 - a word, and no password
    if "schedule" in told:
        told["schedule"] = loads(changed["schedule"])
    return told
