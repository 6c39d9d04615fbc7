"""The HTML report in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from test_verify_units import recording

from tf1to2_reg.verify.comparison import compare
from tf1to2_reg.verify.recording import Update
from tf1to2_reg.verify.report_html import to_html

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed (apt-get install chromium)")

_MEASURE = """<script>
window.onload = () => {
  const wide = [...document.querySelectorAll("main > *, svg")]
    .filter(element => element.getBoundingClientRect().right > innerWidth + 1);
  const charts = document.querySelectorAll("svg");
  const curve = document.querySelector(".line.after").getBoundingClientRect();
  const ground = getComputedStyle(document.body).backgroundColor;
  document.body.dataset.measured =
    [innerWidth, document.documentElement.scrollWidth, wide.length, charts.length, curve.width | 0, ground].join("|");
}
</script>"""


def page(folder: Path) -> Path:
    updates = tuple(Update(2.0 / (step + 1), 0.5, ("w",)) for step in range(12))
    text = to_html(compare(recording(updates=updates), recording(updates=updates)), "before.py → after.py")
    path = folder / "report.html"
    path.write_text(text.replace("</body>", _MEASURE + "</body>"), encoding="utf-8")
    return path


def browse(path: Path, folder: Path, *flags: str) -> str:
    profile = folder / "profile"
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", *flags, f"file://{path}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=True).stdout


@pytest.mark.parametrize("width", [500, 1200])
@pytest.mark.parametrize(("mode", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(15, 19, 24)")])
def test_the_page_renders(width: int, mode: str, ground: str, tmp_path: Path) -> None:
    flags = ["--blink-settings=preferredColorScheme=0"] if mode == "dark" else []
    dumped = browse(page(tmp_path), tmp_path, "--dump-dom", f"--window-size={width},900", *flags)

    match = re.search(r'data-measured="([^"]*)"', dumped)
    assert match is not None, "the page did not load"
    inner, scroll, too_wide, charts, curve, colour = match.group(1).split("|")
    assert int(scroll) <= int(inner) == width
    assert int(too_wide) == 0
    assert int(charts) == 3
    assert int(curve) > 100
    assert colour == ground
