"""Somebody who keeps books through the API: what most tests say, in one line each."""

from typing import Any

from fastapi.testclient import TestClient

__all__ = ["CHART", "Bookkeeper", "entry"]

CHART = {
    "1200": ("Bank", "asset"),
    "1400": ("Receivables", "asset"),
    "1600": ("Payables", "liability"),
    "2000": ("Capital", "equity"),
    "2970": ("Retained earnings", "equity"),
    "4000": ("Sales", "income"),
    "6310": ("Rent", "expense"),
    "6325": ("Energy", "expense"),
}


class Bookkeeper:
    """A client that expects every request to succeed unless it asks for a problem."""

    def __init__(self, client: TestClient, actor: str | None = None) -> None:
        self.client = client
        self.headers = {} if actor is None else {"X-Actor": actor}

    def request(self, method: str, path: str, **more: Any) -> Any:
        """Send a request and return the response, whatever it says."""
        headers = {**self.headers, **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)

    def ask(self, path: str, **params: Any) -> Any:
        """Return what a GET answers."""
        return self._answer("GET", path, 200, params=params)

    def send(self, path: str, body: Any, **more: Any) -> Any:
        """Return what a POST answers that created something."""
        return self._answer("POST", path, 201, json=body, **more)

    def put(self, path: str, body: Any = None) -> Any:
        """Return what a PUT answers, with a body or without."""
        response = self.request("PUT", path, json=body)
        assert response.status_code in (200, 204), response.text
        return response.json() if response.content else None

    def change(self, path: str, body: Any) -> Any:
        """Return what a PATCH answers."""
        return self._answer("PATCH", path, 200, json=body)

    def remove(self, path: str) -> None:
        """Delete something."""
        response = self.request("DELETE", path)
        assert response.status_code == 204, response.text

    def problem(self, method: str, path: str, **more: Any) -> tuple[int, str, str]:
        """Return status, type and detail of a request that has to fail."""
        response = self.request(method, path, **more)
        assert response.headers["content-type"] == "application/problem+json", response.text
        found = response.json()
        assert found["status"] == response.status_code
        return response.status_code, found["type"], found["detail"]

    def _answer(self, method: str, path: str, status: int, **more: Any) -> Any:
        response = self.request(method, path, **more)
        assert response.status_code == status, response.text
        return response.json()

    def account(self, code: str, kind: str = "asset", name: str = "", **more: Any) -> Any:
        """Create an account."""
        body = {"code": code, "name": name or f"Account {code}", "type": kind, **more}
        return self.send("/accounts", body)

    def post(self, day: str, debit: str, credit: str, amount: str, **more: Any) -> Any:
        """Post an entry of two lines."""
        return self.send("/entries", entry(day, debit, credit, amount, **more))

    def statement(self, code: str, text: str) -> Any:
        """Import a bank statement."""
        headers = {"content-type": "text/plain"}
        path = f"/accounts/{code}/statements"
        return self._answer("POST", path, 201, content=text, headers=headers)


def entry(day: str, debit: str, credit: str, amount: str, **more: Any) -> dict[str, Any]:
    """Return the body of an entry of two lines."""
    lines = [{"account": debit, "amount": amount}, {"account": credit, "amount": f"-{amount}"}]
    return {"day": day, "text": "Test", "lines": lines, **more}
