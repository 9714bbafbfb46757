"""What a page must keep to, measured in the browser that shows it."""

from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe

from tests.support.browser import Window

WIDTHS = (320, 390, 1280, 3840)
HEAVIEST = 200 * 1024
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_FOCUS = """() => {
  const seen = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter((one) => one.checkVisibility() && !one.closest('.skip')).slice(0, 40);
  const bare = [];
  for (const one of seen) {
    one.focus({focusVisible: true});
    const style = getComputedStyle(one);
    if (document.activeElement === one && (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2))
      bare.push(one.outerHTML.slice(0, 120));
  }
  document.activeElement.blur();
  return bare;
}"""
_SMALL = """() => [...document.querySelectorAll(
    'button, .button, .nav a, .tabs a, summary, input:not([type=hidden]), select')]
  .filter((one) => one.checkVisibility() && !one.closest('.skip, .crumbs'))
  .filter((one) => {
    const box = one.getBoundingClientRect();
    const drawn = getComputedStyle(one, '::after');
    const grown = drawn.position === 'absolute' ? parseFloat(drawn.height) || 0 : 0;
    const label = ['checkbox', 'radio'].includes(one.type) && one.closest('.check');
    return Math.max(box.height, grown, label ? 44 : 0) < 43.5;
  }).map((one) => one.outerHTML.slice(0, 120))"""


@dataclass
class Weighed:
    """Listens to a window: bytes over the wire but fonts, errors on the console, refusals of the content policy."""

    window: Window
    bytes: int = 0
    console: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        page = self.window.page
        page.on("console", lambda said: self.console.append(said.text) if said.type in ("error", "warning") else None)
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.loadingFinished", self._loaded)

    def _loaded(self, event: dict[str, float]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def cleared(self) -> None:
        """Begin to count anew."""
        self.bytes = 0
        self.console.clear()


def too_wide(window: Window) -> list[int]:
    """Return the widths at which the page is wider than its window; the window ends at the width it had."""
    before = window.page.viewport_size
    found = []
    for width in WIDTHS:
        window.page.set_viewport_size({"width": width, "height": 900})
        if window.overflows():
            found.append(width)
    if before:
        window.page.set_viewport_size(before)
    return found


def spaced_too_wide(window: Window) -> bool:
    """Return whether the page overflows at 200 % text and the text spacing of WCAG 1.4.12."""
    # a style element would be refused by the page's own content policy
    window.page.evaluate(
        "rules => { const sheet = new CSSStyleSheet(); sheet.replaceSync(rules);"
        " document.adoptedStyleSheets = [sheet]; }",
        "html{font-size:200%!important}*{line-height:1.5!important;letter-spacing:.12em!important;"
        "word-spacing:.16em!important}p{margin-bottom:2em!important}",
    )
    return window.overflows()


def unheard(window: Window) -> list[str]:
    """Return what axe finds against WCAG 2.2 A and AA and good practice: rule, weight, first offender."""
    answer = Axe().run(window.page, options={"runOnly": _RULES, "resultTypes": ["violations"]})
    return [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}" for one in answer.response["violations"]]


def without_focus(window: Window) -> list[str]:
    """Return what shows no focus when it has it."""
    return list(window.page.evaluate(_FOCUS))


def too_small(window: Window) -> list[str]:
    """Return buttons, fields and entries of navigation less than 44 px high (a house rule; WCAG asks 24)."""
    return list(window.page.evaluate(_SMALL))
