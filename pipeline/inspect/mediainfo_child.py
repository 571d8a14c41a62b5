"""The only importer of pymediainfo, and only in a child of its own: the film on stdin, tracks as JSON on stdout.

MediaInfo is given an open file and a name that leads nowhere, so it can neither open what a file names nor send
a request; names in any encoding work, since none is passed.
"""

from __future__ import annotations

import json
import re
import sys

from pymediainfo import MediaInfo

NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def main() -> None:
    options = {"File_FileName": "/nonexistent/x"}
    # a film's own tags can hold letters that XML can't: they must not make the film unreadable
    text = MediaInfo.parse(sys.stdin.buffer, mediainfo_options=options, output="OLDXML")
    parsed = MediaInfo(NOT_XML.sub("", text))
    tracks = [
        {name: value for name, value in track.to_data().items() if not name.startswith("other_")}
        for track in parsed.tracks
    ]
    json.dump(tracks, sys.stdout)


if __name__ == "__main__":
    main()
