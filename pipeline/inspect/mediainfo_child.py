"""The only importer of pymediainfo, and only in a child of its own: the film on stdin, tracks as JSON on stdout.

MediaInfo is given an open file and a name that leads nowhere, so it can neither open what a file names nor send
a request; names in any encoding work, since none is passed.
"""

from __future__ import annotations

import json
import sys

from pymediainfo import MediaInfo


def main() -> None:
    options = {"File_FileName": "/nonexistent/x"}
    parsed = MediaInfo.parse(sys.stdin.buffer, mediainfo_options=options)
    tracks = [
        {name: value for name, value in track.to_data().items() if not name.startswith("other_")}
        for track in parsed.tracks
    ]
    json.dump(tracks, sys.stdout)


if __name__ == "__main__":
    main()
