"""The table of providers in docs/storage.md and docs/storage.zh.md, as the presets say it."""

from __future__ import annotations

from typing import Literal

from pipeline import extends, shipped
from pipeline.model.storage_preset import MIB, StoragePreset, Topic
from pipeline.storage import presets

Language = Literal["zh", "en"]
COLUMNS = {
    "en": (
        *("preset", "store", "address", "bucket", "signature", "digest with each put", "parts"),
        *("unfinished uploads", "put only where there is none"),
    ),
    "zh": ("预设", "存储", "地址", "桶名", "签名", "每次写入带的摘要", "分片", "未完成的上传", "没有才写入"),
}
MARKS = {"measured": "", "documents": " ᵈ", "assumed": " ᵃ"}
WORDS = {
    "en": {"own": "one’s own", "auto": "auto", "path": "path", "virtual": "host", "kept": "kept", "no": "not listed"},
    "zh": {"own": "自己的", "auto": "自动", "path": "路径", "virtual": "主机名", "kept": "一直保留", "no": "不能列出"},
}


def rows(language: Language) -> list[str]:
    """Heading, rule and a row for each preset."""
    folders = [shipped.folder("profiles")]
    named = [presets.preset(name, folders) for name in extends.names([folders[0] / presets.FOLDER])]
    heading = f"| {' | '.join(COLUMNS[language])} |"
    return [heading, "|" + "---|" * 9, *(row(item, language) for item in named)]


def row(item: StoragePreset, language: Language) -> str:
    words = WORDS[language]

    def marked(text: str, topic: Topic) -> str:
        return text + MARKS[item.source_of(topic)]

    assert item.about is not None
    life = item.multipart.life
    least = item.multipart.least_part_bytes
    unfinished = f"{life.hours} h" if life else words["kept"]
    if not item.multipart.lists_uploads:
        unfinished += f", {words['no']}"
    cells = [
        f"`{item.name}`",
        getattr(item.about, language),
        marked(f"`{item.endpoint}`" if item.endpoint else words["own"], "endpoint"),
        marked(words[item.addressing], "addressing"),
        marked(item.signature, "signature"),
        marked({"sha256": "SHA-256", "md5": "Content-MD5", "read-back": "–"}[item.checksums.digest], "checksums"),
        marked(f"≥ {least // MIB} MiB" if least >= MIB else f"≥ {least // 1024} KiB", "multipart"),
        marked(unfinished, "life"),
        marked(f"`{item.create_only.header or item.create_only.by}`", "create_only"),
    ]
    return "| " + " | ".join(cells) + " |"
