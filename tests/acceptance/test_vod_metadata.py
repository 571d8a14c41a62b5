"""`vod-metadata`, a program of others that makes and reads ADI 1.1 (2016, no longer kept): what it measures of our
files is what our document says of them.

It comes with a package `tests`, so it gets an environment of its own. Its MediaInfo is a command; ours is a library, so
a script stands in that prints what the library says.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from lxml import etree

from pipeline import shipped
from pipeline.package.metadata import adi_rules
from pipeline.package.metadata.adi_document import from_xml
from tests.conftest import MEANT, Showcase, code_quickly

ALONE = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]

MEDIAINFO = """\
#!{python}
import sys
from pymediainfo import MediaInfo
print(MediaInfo.parse(sys.argv[-1], output="text", full=True))
"""
READER = """\
import json, sys
from vod_metadata import VodPackage, default_config_path
from vod_metadata.config_read import parse_config
config = parse_config(default_config_path)._replace(mediainfo_path=sys.argv[2], ecn_2009=True)
package = VodPackage(sys.argv[1], config)
read = json.loads(json.dumps(package.D_app))
assert package.files_present()
package.check_files()
flags = [package.has_poster, package.has_preview, package.has_box_cover, package.is_delete, package.is_update]
print(json.dumps({"read": read, "measured": package.D_app, "flags": flags, "xml": package.write_xml().decode()}))
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has it, with its MediaInfo beside."""
    folder = tmp_path_factory.mktemp("vod")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    install = [python, "-m", "pip", "install", "-q", "vod-metadata==2016.1.6", "pymediainfo"]
    subprocess.run(install, check=True, capture_output=True, timeout=300, env=ALONE)
    (folder / "mediainfo").write_text(MEDIAINFO.format(python=sys.executable), encoding="utf-8")
    (folder / "mediainfo").chmod(0o755)
    return python


def test_it_measures_what_our_document_says(showcase: Showcase, reader: Path, tmp_path: Path) -> None:
    code_quickly(showcase.folder)
    (showcase.folder / "showcase.toml").write_text('set = "showcase-film-cable"\n' + MEANT)
    ran = showcase("run", shipped.folder("samples") / "film" / "submission.yaml", "--json", timeout=600)
    assert ran.code == 0, ran.err
    root = next((showcase.folder / ".showcase" / "work" / "package").glob("*/package"))
    handed = showcase("hand-over", root, "--to", tmp_path / "in", "--layout", "adi")
    assert handed.code == 0, handed.err
    (folder,) = (tmp_path / "in").iterdir()
    content = (folder / adi_rules.XML_NAME).read_bytes()

    validating = etree.XMLParser(dtd_validation=True, load_dtd=True, no_network=True)  # by the DTD beside it
    assert etree.parse(str(folder / adi_rules.XML_NAME), validating).docinfo.system_url == "ADI.DTD"

    script = [reader, "-W", "ignore", "-c", READER, folder / adi_rules.XML_NAME, reader.parents[2] / "mediainfo"]
    said = subprocess.run(script, check=True, capture_output=True, text=True, timeout=120, env=ALONE)
    found = json.loads(said.stdout)
    assert found["flags"] == [True, False, True, False, False]
    read, measured = found["read"], found["measured"]
    assert abs(int(read["movie"].pop("Bit_Rate")) - int(measured["movie"].pop("Bit_Rate"))) <= 1
    assert measured == read
    written = from_xml(found["xml"].encode())  # sorted by name, else the same
    assert adi_rules.faults(written) == []
    assert {asset.ams.asset_id for asset in written.all()} == {asset.ams.asset_id for asset in from_xml(content).all()}
