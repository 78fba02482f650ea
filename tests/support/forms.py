"""What the form on a page sends, as a browser would."""

from __future__ import annotations

from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]


class _Fields(HTMLParser):
    """Collects the fields of the forms that go to one address."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._action, self._inside = action, False
        self._long = self._choice = ""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Note a field with its value; of choices, what is chosen."""
        its = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = its.get("action") == self._action
        name, value = its.get("name", ""), its.get("value", "")
        if not self._inside:
            return
        if tag == "input" and (its.get("type") not in ("radio", "checkbox") or "checked" in its):
            self.found[name] = value
        elif tag == "textarea":
            self._long, self.found[name] = name, ""
        elif tag == "select":
            self._choice = name
        elif tag == "option" and (self._choice not in self.found or "selected" in its):
            self.found[self._choice] = value

    def handle_endtag(self, tag: str) -> None:
        """Leave a long text or a form."""
        self._long = "" if tag == "textarea" else self._long
        self._inside = self._inside and tag != "form"

    def handle_data(self, data: str) -> None:
        """Take the words of a long text."""
        if self._long:
            self.found[self._long] += data


def sent_again(page: str, action: str) -> dict[str, str]:
    """Return what the form to ``action`` on a page sends if nothing is changed in it."""
    fields = _Fields(action)
    fields.feed(page)
    return fields.found
