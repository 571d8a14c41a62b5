"""Where things lie in the store (DESIGN section 6). Keys are ASCII `[a-z0-9._/-]`; titles live in metadata."""

from __future__ import annotations

import re

from pipeline.model.reference import SubmissionRef

READY = "READY.json"
ACK = "ACK.json"
WITHDRAWN = "WITHDRAWN.json"
CLEARED = "CLEARED.json"  # of a package or a revision: its files were removed by a rule
DRAFT_CLEARED = "DRAFT-CLEARED.json"  # of a revision: those of its draft alone
LEFT_BY_PULL = (READY, WITHDRAWN)  # in the folder of a package, where no manifest lists them
ANSWERS = "answers"
ORDERS = "c2"  # of a package: what a head-end was told of it, and what it said
ORDER, ANSWER, RESULT = "ORDER.json", "ANSWER.json", "RESULT.json"
DRAFT = "DRAFT.json"
SUBMITTED = "SUBMITTED.json"
SUBMISSION, INSPECTION, DRAFT_INSPECTION = "submission.yaml", "inspection.json", "draft-inspection.json"
REVIEWS = "reviews"
SOURCES, STAGES = "sources/", "stages/"  # in the bucket that machines share
STAGE = "stage.json"  # the marker of a finished stage there
CAMPAIGN = "_campaign"  # the plan of a season: listings of submissions pass over names that begin with _
LEASES = "_lease"  # of a prefecture: who was about to write what, where a store knows no condition (`leases`)
CHECK = "_check"  # what `showcase store check` tries, and takes away again
VERSION = "_version/"  # nothing lies there: who may list it tells which identities the own server has read
TRIAL = "_trial/put-once.json"  # an object of no submission
NO_TRIAL, ACK_TRIAL = "_trial/none", "_trial/ACK.json"  # these are never there, nor are the next four
WITHDRAWN_TRIAL, REVIEW_TRIAL = "_trial/WITHDRAWN.json", "_trial/reviews/r1-0001.json"
ORDER_TRIAL, CLEARED_TRIAL = f"_trial/{ORDERS}/none/{ORDER}", "_trial/CLEARED.json"
PLAN_TRIAL = f"{CAMPAIGN}/_trial/r1.json"
INBOX_KEYS = 1000  # asked for at once: a revision holds few objects, so pages are full ones
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_SAID_OF_CAMPAIGN = re.compile(rf"([^/]+)/{CAMPAIGN}/([^/]+)/([0-9]{{4}})\.json")
DELIVERY_KEYS = 24  # the rest of one submission's records and the markers of the next package; its segments are jumped


def prefecture_prefix(prefecture: str) -> str:
    """Everything of one prefecture."""
    return f"{prefecture}/"


def submission_prefix(ref: SubmissionRef) -> str:
    """All that a bucket holds of one submission."""
    return f"{ref.prefecture}/{ref.submission_id}/"


def package_prefix(ref: SubmissionRef, package_id: str) -> str:
    """One package, with the slash at its end."""
    return f"{submission_prefix(ref)}{package_id}/"


def order_prefix(ref: SubmissionRef, package_id: str, correlate_id: str) -> str:
    """The records of one C2 order, with the slash at its end."""
    return f"{package_prefix(ref, package_id)}{ORDERS}/{correlate_id}/"


def is_order(key: str) -> bool:
    """Whether an object is a record of a C2 order, beside the files of a package."""
    return re.fullmatch(rf"[^/]+/[^/]+/[^/]+/{ORDERS}/[0-9a-f]{{32}}/({ORDER}|{ANSWER}|{RESULT})", key) is not None


def is_record(name: str) -> bool:
    """Whether an object of a package or a revision, by its name there, is a record beside its files: it is never
    cleared."""
    return name[:1].isupper() or re.fullmatch(rf"{ORDERS}/[0-9a-f]{{32}}/[A-Z]+\.json", name) is not None


def is_said(name: str) -> bool:
    """Whether an object of a revision, by its name there, is words: it is kept where the films are cleared."""
    return is_record(name) or name in (SUBMISSION, INSPECTION, DRAFT_INSPECTION)


def is_of_draft(name: str) -> bool:
    """Whether a file of a revision, by its name there, is a film of the draft."""
    return name.startswith("proxy")


def revision_prefix(ref: SubmissionRef, revision: int) -> str:
    """One revision in the inbox, with the slash at its end."""
    return f"{submission_prefix(ref)}r{revision}/"


def stage_prefix(name: str, key: str) -> str:
    """A finished stage that machines share, with the slash at its end."""
    return f"{STAGES}{name}/{key}/"


def claim_name(revision: int) -> str:
    """Who has a revision: one object beside its folder, in either bucket."""
    return f"r{revision}.json"


def said_name(folder: str, revision: int, number: int) -> str:
    """One note or decision (`REVIEWS`), or the producer's words on one (`ANSWERS`)."""
    return f"{folder}/r{revision}-{number:04}.json"


def numbered(name: str, number: int) -> str:
    """A marker that others follow: `ACK.json`, then `ACK-0002.json` and so on."""
    return name if number == 1 else f"{name.removesuffix('.json')}-{number:04}.json"


def campaign_prefix(campaign: str) -> str:
    """The revisions and running orders of a season, with the slash at its end."""
    return f"{CAMPAIGN}/{campaign}/"


def order_name(number: int) -> str:
    """A running order that was published."""
    return f"order-{number}.json"


def campaign_record(prefecture: str, campaign: str, number: int) -> str:
    """The key of what was said of a prefecture's films in a season."""
    return f"{prefecture}/{CAMPAIGN}/{campaign}/{number:04}.json"


def campaign_record_of(key: str) -> tuple[str, str, int] | None:
    """Prefecture, season and number of such a key; None of any other."""
    match = _SAID_OF_CAMPAIGN.fullmatch(key)
    if match is None or not is_ours(match[1]) or not is_ours(match[2]) or match[3] == "0000":
        return None
    return match[1], match[2], int(match[3])


def is_ours(name: str) -> bool:
    """Whether a folder is a prefecture's, a submission's or a package's: names that begin with _ are for other records,
    and whoever may put an object may give it any name, with line ends and orders to a terminal."""
    return _NAME.fullmatch(name) is not None


def ref_of(key: str) -> SubmissionRef | None:
    """The submission that an object belongs to."""
    prefecture, _, rest = key.partition("/")
    name, slash, _ = rest.partition("/")
    return SubmissionRef(prefecture, name) if slash and is_ours(prefecture) and is_ours(name) else None


def without_media(key: str, campaign: str | None = None) -> str | None:
    """The folder of which a look wants nothing behind this object.

    Of leases and scratch it wants nothing at all, of what was said of seasons no more than that of `campaign`.

    In a package and in a revision the markers begin with a capital, so they come before the segments, films and
    documents, in the order of bytes (S3) and in that of folders (SeaweedFS). Behind them come the records of C2 orders,
    before `checksums.sha256` and all other files.
    """
    parts = key.split("/", 3)
    if len(parts) > 2 and parts[1] in (LEASES, CHECK, *(() if campaign else (CAMPAIGN,))):
        return "/".join((*parts[:2], ""))
    if len(parts) > 2 and parts[1] == CAMPAIGN:
        return "/".join((*parts[:3], "")) if len(parts) > 3 and parts[2] != campaign else None
    if len(parts) < 4 or parts[2] in (REVIEWS, ANSWERS) or parts[3][:1].isupper() or is_order(key):
        return None
    return "/".join((*parts[:3], ""))


_TYPES = {
    ".ts": "video/mp2t",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".vtt": "text/vtt",
    ".jpg": "image/jpeg",
    ".pdf": "application/pdf",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
    ".xml": "application/xml",
    ".sha256": "text/plain",
}


def media_type(path: str) -> str:
    """Content type by suffix (HLS authoring rules 10.4)."""
    return _TYPES.get(path[path.rfind(".") :] if "." in path else "", "application/octet-stream")


_ORDER = (
    *("stream", "hls", "subtitles", "chapters", "slide_times", "poster", "sprite", "thumbnails"),
    *("slides", "document", "page", "metadata"),
)


def upload_rank(role: str) -> int:
    """Media first, then pictures, then metadata; checksums and the manifest come after all of them."""
    return _ORDER.index(role) if role in _ORDER else len(_ORDER)
