"""One shape for everything that goes wrong."""

import pytest
from backend.app import create_app
from backend.database import open_session
from backend.errors import LedgerError
from bookkeeper import Bookkeeper
from fastapi.testclient import TestClient


def test_an_invalid_request_names_its_fields(books: Bookkeeper) -> None:
    response = books.request("POST", "/accounts", json={"code": "1", "colour": "red"})
    fields = {found["field"]: found["message"] for found in response.json()["fields"]}
    assert fields == {
        "body.name": "Field required",
        "body.type": "Field required",
        "body.colour": "Extra inputs are not permitted",
    }


def test_a_body_that_is_no_json_is_an_invalid_request(books: Bookkeeper) -> None:
    headers = {"content-type": "application/json"}
    found = books.problem("POST", "/accounts", content="{", headers=headers)
    assert found == (422, "invalid-request", "the request has invalid fields")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/entries", 405), ("PATCH", "/rates", 405)],
)
def test_a_door_that_does_not_exist_is_no_problem_of_ours(
    books: Bookkeeper, method: str, path: str, status: int
) -> None:
    assert books.request(method, path).status_code == status


def test_an_error_of_its_own_kind_has_a_status_of_its_own() -> None:
    own = create_app()

    @own.get("/teapot")
    def teapot() -> None:
        raise LedgerError("teapot", "this is no coffee machine")

    with TestClient(own) as client:
        found = Bookkeeper(client).problem("GET", "/teapot")
    assert found == (400, "teapot", "this is no coffee machine")


def test_a_fault_of_ours_is_not_dressed_up() -> None:
    own = create_app()

    def broken() -> None:
        raise ZeroDivisionError

    own.dependency_overrides[open_session] = broken
    with TestClient(own, raise_server_exceptions=False) as client:
        response = client.get("/health")
    assert (response.status_code, response.text) == (500, "Internal Server Error")


def test_every_operation_is_described() -> None:
    operations = [
        operation
        for path in create_app().openapi()["paths"].values()
        for operation in path.values()
    ]
    assert len(operations) > 20
    assert all(operation.get("description") for operation in operations)
