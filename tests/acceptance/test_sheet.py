"""The sheet as a browser shows and prints it: by hand, with Debian's chromium and poppler-utils."""

from __future__ import annotations

import html as escaping
import json
import re
import subprocess
from pathlib import Path

import pytest

from pipeline.report import html
from pipeline.report.sheet import Sheet
from tests.factories import inspection, refusal
from tests.report.test_papers import NOW, POLICY, sheet

pytestmark = [pytest.mark.acceptance]

CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu")
LONG = "喀什地区_我们的村医_" + "final_version_" * 8 + ".mov"
ONE = [sheet(file=LONG)]
SEVERAL = [
    sheet(file="a.mov"),
    Sheet(refusal("file.empty", POLICY, file="x.mp4", language="zh"), POLICY, NOW),
    *(sheet(inspection(), file=name) for name in ("b.mov", "c.mov", LONG)),
]
# what is asked of the page in a window as wide as a telephone
MEASURE = """<iframe id="f" style="width:360px;height:800px;border:0" srcdoc="{page}"></iframe>
<pre id="out"></pre><script>
f.onload = () => {{ const d = f.contentDocument, all = (q) => [...d.querySelectorAll(q)];
out.textContent = JSON.stringify({{
  page: d.documentElement.scrollWidth,
  words: Math.min(...all('.words, h1, .made, figure').filter((e) => e.checkVisibility()).map((e) => e.clientWidth)),
  lines: all('summary').map((e) => Math.round(e.getBoundingClientRect().height)),
  letters: Math.min(...all('svg text:not(.between)').filter((e) => e.checkVisibility())
    .map((e) => parseFloat(getComputedStyle(e).fontSize) * e.ownerSVGElement.getBoundingClientRect().width / 680)),
}}); }};</script>"""


@pytest.mark.parametrize("sheets", [ONE, SEVERAL], ids=["one", "several"])
def test_on_a_telephone_nothing_stands_in_a_narrow_column(sheets: list[Sheet], tmp_path: Path) -> None:
    page = html.render(sheets, "zh").decode()
    open_to_scripts = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    assert open_to_scripts != page
    outer = tmp_path / "outer.html"
    outer.write_text(MEASURE.format(page=escaping.escape(open_to_scripts)), encoding="utf-8")
    dumped = subprocess.run(
        [*CHROMIUM, "--window-size=800,900", "--virtual-time-budget=5000", "--dump-dom", outer.as_uri()],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found = json.loads(escaping.unescape(re.findall(r'<pre id="out">(.*?)</pre>', dumped)[-1]))
    assert found["page"] <= 360
    assert found["words"] >= 300
    assert found["letters"] >= 8
    assert all(height <= 36 for height in found["lines"])
    assert len(found["lines"]) == sum(item.report.verdict == "accept" for item in sheets if len(sheets) > 1)


def test_on_paper_each_page_is_a4_and_has_its_number(tmp_path: Path) -> None:
    page, paper = tmp_path / "sheet.html", tmp_path / "sheet.pdf"
    page.write_bytes(html.render(SEVERAL, "zh"))
    subprocess.run(
        [*CHROMIUM, "--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri()], capture_output=True, check=True
    )
    told = subprocess.run(["pdfinfo", paper], capture_output=True, check=True, text=True).stdout
    assert "A4" in told
    pages = subprocess.run(["pdftotext", paper, "-"], capture_output=True, check=True, text=True).stdout.split("\f")[
        :-1
    ]
    assert len(pages) >= 3
    numbers = [re.findall(r"^\s*(\d+)\s*/\s*(\d+)\s*$", text, re.MULTILINE) for text in pages]
    assert numbers == [[(str(number), str(len(pages)))] for number in range(1, len(pages) + 1)]
    assert all(name in pages[0] for name in ("a.mov", "x.mp4", "b.mov", "c.mov"))
