"""Putting what was typed back into a page's forms, field by field, whatever page it is.

Used where a form must be looked at again under another role: the page is shown afresh as that role sees it, and the
values typed before stand in the fields of the same name. Nothing but values of fields is touched.
"""

from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser

_OURS = frozenset({"csrfmiddlewaretoken", "stamp", "key", "capacity"})
_UNTOUCHED = frozenset({"hidden", "submit", "button", "image", "reset", "file", "password"})
_Attributes = Sequence[tuple[str, str | None]]


def refill(page: str, typed: Mapping[str, Sequence[str]]) -> str:
    """Return the page with the fields of its POST forms holding what was typed under their names."""
    filler = _Filler(typed)
    filler.feed(page)
    filler.close()
    return "".join(filler.out)


class _Filler(HTMLParser):
    def __init__(self, typed: Mapping[str, Sequence[str]]) -> None:
        super().__init__(convert_charrefs=False)
        self.typed = {name: list(values) for name, values in typed.items() if name not in _OURS}
        self.out: list[str] = []
        self.within = False
        self.select = ""
        self.silent = False

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.within = (given.get("method") or "").casefold() == "post"
        if tag == "select":
            self.select = name if self.within and name in self.typed else ""
        written = self.get_starttag_text() or ""
        if self.within and name in self.typed and tag == "input":
            written = _tag(tag, _filled(given, self.typed[name]))
        elif tag == "option" and self.select:
            written = _tag(tag, _chosen(given, "selected", (given.get("value") or "") in self.typed[self.select]))
        self.out.append(written)
        if tag == "textarea" and self.within and name in self.typed:
            # A line break right after the tag is dropped by browsers: give one away.
            self.out.append("\n" + escape(self.typed[name][-1]))
            self.silent = True

    def handle_startendtag(self, tag: str, attrs: _Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.silent = False
        if tag == "form":
            self.within = False
        if tag == "select":
            self.select = ""
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._keep(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._keep(f"<!{decl}>")

    def _keep(self, said: str) -> None:
        if not self.silent:
            self.out.append(said)


def _filled(given: dict[str, str | None], values: Sequence[str]) -> dict[str, str | None]:
    kind = (given.get("type") or "text").casefold()
    if kind in _UNTOUCHED:
        return given
    if kind in ("checkbox", "radio"):
        return _chosen(given, "checked", (given.get("value") or "on") in values)
    return {**given, "value": values[-1]}


def _chosen(given: dict[str, str | None], mark: str, wanted: bool) -> dict[str, str | None]:  # noqa: FBT001
    rest = {name: value for name, value in given.items() if name != mark}
    return {**rest, mark: None} if wanted else rest


def _tag(tag: str, given: Mapping[str, str | None]) -> str:
    written = "".join(f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in given.items())
    return f"<{tag}{written}>"
