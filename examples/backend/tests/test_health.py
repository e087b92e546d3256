"""Whether the service can reach its database."""

from bookkeeper import Bookkeeper


def test_a_service_with_a_database_is_healthy(books: Bookkeeper) -> None:
    assert books.ask("/health") == {"status": "ok"}


def test_health_can_only_be_asked_for(books: Bookkeeper) -> None:
    assert books.request("POST", "/health").status_code == 405
