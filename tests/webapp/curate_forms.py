"""The form for a source as a browser would send it."""

from html.parser import HTMLParser

HERE = {"Accept": "text/html"}
SCRIPT = {"Accept": "application/json"}


class Form(HTMLParser):
    """The fields of the form with an *id*, or of the first form with a class, each name with its values."""

    def __init__(self, page: str, id: str = "sheet") -> None:
        super().__init__()
        self.wanted, self.inside = id, False
        self.fields: dict[str, list[str]] = {}
        self.area = self.select = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.inside = self.wanted in (given.get("id"), given.get("class"))
        if not self.inside:
            return
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.fields.setdefault(name, []).append(given.get("value", ""))
        elif tag == "textarea":
            self.area = name
            self.fields.setdefault(name, []).append("")
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and (self.select not in self.fields or "selected" in given):
            self.fields[self.select] = [given.get("value", "")]

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        if tag == "textarea" and self.area:
            last = self.fields[self.area]
            last[-1] = last[-1].removeprefix("\n")
            self.area = ""
        if tag == "select":
            self.select = ""

    def handle_data(self, data):
        if self.area:
            self.fields[self.area][-1] += data


def fields(page: str, id: str = "sheet") -> dict[str, list[str]]:
    """The fields of a form of a page."""
    return Form(page, id).fields


def form(client, address: str) -> dict[str, list[str]]:
    """The fields of the form at an address."""
    page = client.get(address, headers=HERE)
    assert page.status_code == 200, page.text
    return fields(page.text)


def send(client, address: str, do: str = "keep", headers=HERE, **changes):
    """The answer to the form at an address, sent by the button *do* with some fields changed; ``__`` is a dot."""
    data = {**form(client, address), **{key.replace("__", "."): value for key, value in changes.items()}, "do": do}
    kind = "application/x-www-form-urlencoded"  # of multipart ones the test client leaves large files open
    return client.post(address, data=data, content_type=kind, headers=headers)
