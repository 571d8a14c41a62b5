"""Languages: their codes, how each calls itself, and how people of Xinjiang write them down.

The one home of all that is known of a language; codes are those of ISO 639-2/T, as submissions and streams have them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

UNKNOWN = "und"
_MOST_SHOWN = 40


@dataclass(frozen=True)
class Language:
    """One language of the region.

    Args:
        tag: the two letters of ISO 639-1.
        own: its name in its own words, which a player's menu shows.
        chinese: its name in Chinese.
        words: what else people write for it, lower case.
        bibliographic: its code in ISO 639-2/B, where that is another.
    """

    code: str
    tag: str
    own: str
    chinese: str
    words: tuple[str, ...] = ()
    bibliographic: str = ""


_OURS = {
    item.code: item
    for item in (
        Language("zho", "zh", "中文", "中文", ("汉语", "国语", "普通话", "汉", "汉文", "chinese", "mandarin"), "chi"),
        Language("uig", "ug", "ئۇيغۇرچە", "维吾尔语", ("维语", "维", "维文", "维吾尔", "维吾尔文", "uyghur", "uighur")),
        Language("kaz", "kk", "Қазақша", "哈萨克语", ("哈语", "哈", "哈文", "哈萨克", "哈萨克文", "kazakh")),
        Language("kir", "ky", "Кыргызча", "柯尔克孜语", ("柯语", "柯", "柯文", "柯尔克孜", "柯尔克孜文", "kyrgyz")),
        Language("mon", "mn", "ᠮᠣᠩᠭᠣᠯ", "蒙古语", ("蒙语", "蒙", "蒙文", "蒙古", "蒙古文", "mongolian")),
        Language("tgk", "tg", "Тоҷикӣ", "塔吉克语", ("塔吉克", "塔语", "tajik")),
        Language("eng", "en", "English", "英语", ("英文", "english")),
        Language("rus", "ru", "Русский", "俄语", ("俄文", "russian")),
    )
}
# the others that films come in: ISO 639-2/T, 639-1, and 639-2/B where it is another
_OTHERS = """
    ara ar | aze az | bel be | ben bn | bod bo tib | bul bg | cat ca | ces cs cze | cym cy wel | dan da | deu de ger
    ell el gre | est et | eus eu baq | fas fa per | fin fi | fra fr fre | gle ga | guj gu | heb he | hin hi | hrv hr
    hun hu | hye hy arm | ind id | isl is ice | ita it | jpn ja | kat ka geo | khm km | kor ko | kur ku | lao lo
    lat la | lav lv | lit lt | mal ml | mar mr | mkd mk mac | mri mi mao | msa ms may | mya my bur | nep ne
    nld nl dut | nno nn | nob nb | nor no | pan pa | pol pl | por pt | pus ps | ron ro rum | slk sk slo | slv sl
    spa es | sqi sq alb | srp sr | swe sv | tam ta | tat tt | tel te | tha th | tuk tk | tur tr | ukr uk | urd ur
    uzb uz | vie vi | zha za
"""
# the rest of ISO 639-2, and what is spoken in China of ISO 639-3: taken as it is written
_AS_WRITTEN = """
    aar abk ace ach ada ady afa afh afr ain aka akk ale alg alt amh ang anp apa arc arg arn arp art arw asm ast ath
    aus ava ave awa aym bad bai bak bal bam ban bas bat bej bem ber bho bih bik bin bis bla bnt bos bra bre btk bua
    bug byn cad cai car cau ceb cel cha chb che chg chk chm chn cho chp chr chu chv chy cmc cnr cop cor cos cpe cpf
    cpp cre crh crp csb cus dak dar day del den dgr din div doi dra dsb dua dum dyu dzo efi egy eka elx enm epo ewe
    ewo fan fao fat fij fil fiu fon frm fro frr frs fry ful fur gaa gay gba gem gez gil gla glg glv gmh goh gon gor
    got grb grc grn gsw gwi hai hat hau haw her hil him hit hmn hmo hsb hup iba ibo ido iii ijo iku ile ilo ina inc
    ine inh ipk ira iro jav jbo jpr jrb kaa kab kac kal kam kan kar kas kau kaw kbd kha khi kho kik kin kmb kok kom
    kon kos kpe krc krl kro kru kua kum kut lad lah lam lez lim lin lol loz ltz lua lub lug lui lun luo lus mad mag
    mah mai mak man map mas mdf mdr men mga mic min mis mkh mlg mlt mnc mni mno moh mos mul mun mus mwl mwr myn myv
    nah nai nap nau nav nbl nde ndo nds new nia nic niu nog non nqo nso nub nwc nya nym nyn nyo nzi oci oji ori orm
    osa oss ota oto paa pag pal pam pap pau peo phi phn pli pon pra pro qaa-qtz que raj rap rar roa roh rom run rup
    sad sag sah sai sal sam san sas sat scn sco sel sem sga sgn shn sid sin sio sit sla sma sme smi smj smn smo sms
    sna snd snk sog som son sot srd srn srr ssa ssw suk sun sus sux swa syc syr tah tai tem ter tet tgl tig tir tiv
    tkl tlh tli tmh tog ton tpi tsi tsn tso tum tup tut tvl twi tyv udm uga umb und vai ven vol vot wak wal war was
    wen wln wol xal xho yao yap yid yor ypk zap zbl zen zgh znd zul zun zxx zza
    cmn yue wuu hak nan gan hsn cjy lzh sjo srh sgh wbl dng ybe
"""
_ROWS = [(*row.split(), "")[:3] for row in _OTHERS.replace("\n", "|").split("|") if row.strip()]
_BIBLIOGRAPHIC = {code: other for code, _, other in _ROWS if other} | {
    item.code: item.bibliographic for item in _OURS.values() if item.bibliographic
}
_CODES = (
    {tag: code for code, tag, _ in _ROWS}
    | {item.tag: item.code for item in _OURS.values()}
    | {other: code for code, other in _BIBLIOGRAPHIC.items()}
    | {"cmn": "zho"}  # ISO 639-3: Mandarin
)
_TWO_LETTERS = {code: tag for code, tag, _ in _ROWS} | {item.code: item.tag for item in _OURS.values()}
_WORDS = {
    word: item.code
    for item in _OURS.values()
    for word in (item.code, item.tag, item.bibliographic, item.chinese, *item.words)
    if word
} | {"锡伯语": "sjo", "锡伯": "sjo", "藏语": "bod"}
# what files of subtitles are called, by the script
_WORDS |= dict.fromkeys(
    ("chs", "cht", "简体", "繁体", "繁體", "简体中文", "繁体中文", "繁體中文", "简中", "繁中"), "zho"
)
_TAG = re.compile(r"([a-z]{2,3})(?:[-_](?:hans|hant|arab|cyrl|latn|mong))?(?:[-_](?:[a-z]{2}|[0-9]{3}))?")  # RFC 5646
_KNOWN = frozenset((*_OURS, *_BIBLIOGRAPHIC.values(), *(row[0] for row in _ROWS), *_AS_WRITTEN.split()))
# where a language is written in a script that is not the usual one
_SCRIPTS = {
    ("kaz", "arabic"): ("kk-Arab", "قازاقشا"),
    ("kir", "arabic"): ("ky-Arab", "قىرعىزچا"),
    ("mon", "mongolian"): ("mn-Mong", _OURS["mon"].own),
    ("mon", "cyrillic"): ("mn", "Монгол"),
}
# which scripts a language is written in, by the names of `media.subtitles.scripts`: Kazakh and Kyrgyz in China with
# Arabic letters and Mongolian with its own, beyond in Cyrillic; Xibe with those of Mongolian. Others are not judged.
_WRITTEN = {
    code: frozenset(written.split())
    for written, codes in {
        "han": "zho yue wuu hak nan gan hsn cjy lzh",
        "han kana": "jpn",
        "han hangul": "kor",
        "arabic": "uig ara fas urd pus",
        "arabic cyrillic": "kaz kir tgk srh",
        "mongolian cyrillic": "mon",
        "mongolian": "sjo mnc",
        "tibetan": "bod",
        "yi": "iii",
        "latin": "eng fra deu spa ita por nld pol ces tur vie ind zha",
        "cyrillic": "rus ukr bel bul",
        "latin cyrillic arabic": "uzb tat aze tuk",
    }.items()
    for code in codes.split()
}


def written_in(code: str) -> frozenset[str]:
    """The scripts of a language; none where that is not known."""
    return _WRITTEN.get(code, frozenset())


def tag(code: str, script: str = "") -> str:
    """The tag that LANGUAGE takes: the shortest of a language of ours (RFC 5646), with the script that is not its
    usual one; others keep their code."""
    own = _SCRIPTS.get((code, script))
    return own[0] if own else _OURS[code].tag if code in _OURS else code


def name(code: str, script: str = "") -> str:
    """What those who speak a language call it."""
    own = _SCRIPTS.get((code, script))
    return own[1] if own else _OURS[code].own if code in _OURS else "–" if code == UNKNOWN else code


def chinese_name(code: str) -> str:
    """What a language is called in Chinese; its code where that is not known."""
    return _OURS[code].chinese if code in _OURS else code


def two_letters(code: str) -> str:
    """The code in ISO 639-1; a language that has none there, such as Xibe, keeps its own."""
    return _TWO_LETTERS.get(code, code)


def bibliographic(code: str) -> str:
    """The code in ISO 639-2/B, as some formats want it."""
    return _BIBLIOGRAPHIC.get(code, code)


def code_of(text: str) -> str | None:
    """The code of a tag or code as a file tells it, regions and scripts left off; None for what is no language."""
    first = text.split("-", maxsplit=1)[0].lower()
    code = _CODES.get(first, first)
    return code if len(code) == 3 and code.isascii() and code.isalpha() else None


def ours() -> tuple[Language, ...]:
    """Those of the region, and what films of it are told in besides."""
    return tuple(_OURS.values())


def is_known(code: str) -> bool:
    """Whether a code of three letters is a language's."""
    return code in _KNOWN


def code_of_word(word: str) -> str | None:
    """The code of what people write for a language of ours, in Chinese, in English, as a code or a tag with script and
    region (zh-Hans-CN); lower case."""
    tagged = _TAG.fullmatch(word)
    return _WORDS.get(word) or (_WORDS.get(tagged[1]) if tagged else None)


def words_at_the_end() -> tuple[tuple[str, str], ...]:
    """What Chinese names end in to say their language, with its code: the longest first, 简体中文 before 中文."""
    found = [(word, code) for word, code in _WORDS.items() if len(word) > 1 and not word.isascii()]
    return tuple(sorted(found, key=lambda item: -len(item[0])))


def spoken(text: str) -> str:
    """The code of a language as people hand it in: its code or its name; a code of three letters stays as it is.

    Raises:
        PydanticCustomError: `language`, with those of the region.
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if plain in _KNOWN:
        return plain
    code = code_of_word(plain) or code_of(plain)
    if code in _KNOWN:
        return code
    known = ", ".join(f"{item.code} {item.chinese}" for item in _OURS.values())
    raise PydanticCustomError("language", "«{text}» is no language", {"text": text[:_MOST_SHOWN], "known": known})


SpokenLanguage = Annotated[str, AfterValidator(spoken)]
