"""What the name of one file of a course tells: the lesson, what it is for, its language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from pipeline.execute import course_order, endings
from pipeline.model import languages
from pipeline.model.course import label
from pipeline.model.submission import Role

WHOLE = "all"  # what people say for «of the whole course»
WORDS: dict[Role, tuple[str, ...]] = {
    Role.DOCUMENT: (
        *("讲义", "教材", "教案", "大纲", "习题", "作业", "资料", "材料", "说明", "手册", "试题", "答案"),
        *("handouts", "handout", "notes", "syllabus", "exercises", "reader", "materials"),
    ),
    Role.SLIDES: ("课件", "幻灯片", "幻灯", "ppt", "slides", "deck"),
    Role.SLIDE_TIMES: ("翻页时间", "翻页", "时间表", "时间", "times", "timing"),
    Role.POSTER: ("海报", "封面", "poster", "cover"),
    Role.SUBTITLES: ("字幕", "subtitles", "subtitle", "subs"),
    Role.AUDIO: ("配音", "译制", "dub"),
}
# a language with its script or region: 01.zh-CN, 01_ug-Arab-CN
_TAG = re.compile(
    r"^(.*[^\s._\-—(（\[【])[\s._\-—(（\[【]+([A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2,4}|[0-9]{3})))[)）\]】]?$"
)
KINDS = (  # what folders of one kind are called besides: such a folder is no unit, and says no role
    *("视频", "录像", "影像", "录屏", "正片", "音频", "录音", "声音", "文档", "图片"),
    *("video", "videos", "film", "films", "recording", "recordings", "audio", "audios", "sound", "documents", "docs"),
    *("mp4", "mp3", "pdf", "srt", "word"),
)
# how a picture stands, which its name may tell besides: a poster is meant
SHAPES = (
    *("竖版", "横版", "竖屏", "横屏", "竖图", "横图", "竖幅", "竖", "横"),
    *("portrait", "landscape", "vertical", "horizontal"),
)
_SEPARATORS = r"[\s._\-—()（）\[\]【】]"


@dataclass(frozen=True)
class NamedFile:
    """What a file's name tells.

    Args:
        path: relative, with forward slashes.
        stem: without what is told of language and role at its end.
        word: the role that its name says, or the folder of such files that it lies in.
        folder: without the folders that say a kind or a language: what is left are units.
    """

    path: str
    stem: str
    language: str | None
    word: Role | None
    folder: str = "."

    @property
    def ending(self) -> str:
        return PurePosixPath(self.path).suffix.lower()

    @property
    def is_handout(self) -> bool:
        """Whether its name says so, or is nothing else."""
        return self.word is Role.DOCUMENT or self.stem.casefold() in WORDS[Role.DOCUMENT]

    @property
    def place(self) -> tuple[str, str]:
        """Its folder, and its stem in one form: what joins files."""
        stem = re.sub(_SEPARATORS, "", course_order.plain(self.stem))
        return self.folder, stem

    @property
    def number(self) -> tuple[str, tuple[int, ...]]:
        """Its folder, and the lesson that it is of."""
        return self.folder, course_order.numbers(self.stem)


def named(path: str) -> NamedFile:
    """What one name tells, and the folders that it lies in: 视频/第一单元/01.mp4 is of 第一单元."""
    stem = PurePosixPath(path).stem
    language: str | None = None
    word: Role | None = None
    while True:
        shorter, told, role = _last_word(stem)
        if shorter is None or (told and language and told != language) or (role and word):
            break
        stem, language, word = shorter, told or language, role or word
    units = []
    shapes = SHAPES if PurePosixPath(path).suffix.lower() in endings.PICTURES else ()
    for part in PurePosixPath(path).parts[:-1]:
        plain = re.sub(r"^[0-9]*[\s._\-—、]*", "", course_order.plain(part))
        plain = re.sub("文件夹?$", "", plain)
        if told := languages.code_of_word(plain):
            language = language or told
        elif plain in (*KINDS, *shapes) or any(plain in words for words in WORDS.values()):
            word = word or next((role for role, words in WORDS.items() if plain in words), None)
        else:
            units.append(part)
    return NamedFile(path, stem, language, word, "/".join(units) or ".")


def _last_word(stem: str) -> tuple[str | None, str | None, Role | None]:
    """A stem without a language or a role at its end, and which that was."""
    if (tagged := _TAG.search(stem)) and (code := languages.code_of_word(tagged[2].casefold())):
        return tagged[1], code, None
    match = re.search(rf"^(.*[^\s._\-—(（\[【]){_SEPARATORS}+([^\s._\-—()（）\[\]【】]+)[)）\]】]?$", stem)
    if match:
        word = match[2].casefold()
        code = languages.code_of_word(word) or (word if len(word) == 3 and languages.is_known(word) else None)
        if code and not match[2].isdecimal():
            return match[1], code, None
        if role := next((role for role, words in WORDS.items() if word in words), None):
            return match[1], None, role
    folded = stem.casefold()
    for role, words in WORDS.items():
        for word in words:
            if not word.isascii() and folded.endswith(word) and len(folded) > len(word):
                return stem[: -len(word)].rstrip(" ._-—"), None, role
    for word, code in languages.words_at_the_end():
        if folded.endswith(word) and len(folded) > len(word):
            return stem[: -len(word)].rstrip(" ._-—"), code, None
    return None, None, None


def without_shape(item: NamedFile) -> NamedFile | None:
    """What a picture's name tells besides how it stands; None where it doesn't tell that, or nothing else."""
    folded = item.stem.casefold()
    word = next((word for word in SHAPES if folded.endswith(word)), "")
    rest = item.stem[: len(item.stem) - len(word)]
    bare = re.sub(rf"{_SEPARATORS}+$", "", rest)
    stands_alone = bare != rest or (not word.isascii() and len(word) > 1)  # 纵横 is no shape
    if not (word and bare and stands_alone):
        return None
    found = named(str(PurePosixPath(item.path).with_stem(bare)))
    word_told = item.word or found.word or Role.POSTER
    return replace(found, path=item.path, language=item.language or found.language, word=word_told)


def meant(text: str, known: Iterable[str]) -> str | None:
    """The part that a person means, or `WHOLE`: «1», «０１» and «第1讲» are 01; None for what is neither."""
    wanted = course_order.plain(text)
    if wanted == WHOLE:
        return WHOLE
    number = course_order.part_id(text) if course_order.is_number_alone(text) else None
    forms = {label(wanted), label(number or wanted)}
    return next((own for own in known if label(own) in forms), None)
