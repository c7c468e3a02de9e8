"""Languages that text can be translated into, by the tags that people and programs name them with (BCP 47)."""

import re
from dataclasses import dataclass

from domain.errors import UnsupportedTargetLanguage

DEFAULT_LANGUAGE = "ko"

_NAMES = """
aa Afar|ab Abkhazian|ae Avestan|af Afrikaans|ak Akan|am Amharic|an Aragonese|ar Arabic|as Assamese|av Avaric|ay Aymara
az Azerbaijani|ba Bashkir|be Belarusian|bg Bulgarian|bi Bislama|bm Bambara|bn Bengali|bo Tibetan|br Breton|bs Bosnian
ca Catalan|ce Chechen|ch Chamorro|co Corsican|cr Cree|cs Czech|cu Church Slavic|cv Chuvash|cy Welsh|da Danish|de German
dv Divehi|dz Dzongkha|ee Ewe|el Greek|en English|eo Esperanto|es Spanish|et Estonian|eu Basque|fa Persian|ff Fulah
fi Finnish|fj Fijian|fo Faroese|fr French|fy Western Frisian|ga Irish|gd Scottish Gaelic|gl Galician|gn Guarani
gu Gujarati|gv Manx|ha Hausa|he Hebrew|hi Hindi|ho Hiri Motu|hr Croatian|ht Haitian Creole|hu Hungarian|hy Armenian
hz Herero|ia Interlingua|id Indonesian|ie Interlingue|ig Igbo|ii Sichuan Yi|ik Inupiaq|io Ido|is Icelandic|it Italian
iu Inuktitut|ja Japanese|jv Javanese|ka Georgian|kg Kongo|ki Kikuyu|kj Kuanyama|kk Kazakh|kl Kalaallisut|km Khmer
kn Kannada|ko Korean|kr Kanuri|ks Kashmiri|ku Kurdish|kv Komi|kw Cornish|ky Kyrgyz|la Latin|lb Luxembourgish|lg Ganda
li Limburgish|ln Lingala|lo Lao|lt Lithuanian|lu Luba-Katanga|lv Latvian|mg Malagasy|mh Marshallese|mi Maori
mk Macedonian|ml Malayalam|mn Mongolian|mr Marathi|ms Malay|mt Maltese|my Burmese|na Nauru|nb Norwegian Bokmål
nd North Ndebele|ne Nepali|ng Ndonga|nl Dutch|nn Norwegian Nynorsk|no Norwegian|nr South Ndebele|nv Navajo|ny Chichewa
oc Occitan|oj Ojibwa|om Oromo|or Odia|os Ossetian|pa Punjabi|pi Pali|pl Polish|ps Pashto|pt Portuguese|qu Quechua
rm Romansh|rn Rundi|ro Romanian|ru Russian|rw Kinyarwanda|sa Sanskrit|sc Sardinian|sd Sindhi|se Northern Sami|sg Sango
si Sinhala|sk Slovak|sl Slovenian|sm Samoan|sn Shona|so Somali|sq Albanian|sr Serbian|ss Swati|st Southern Sotho
su Sundanese|sv Swedish|sw Swahili|ta Tamil|te Telugu|tg Tajik|th Thai|ti Tigrinya|tk Turkmen|tl Tagalog|tn Tswana
to Tonga|tr Turkish|ts Tsonga|tt Tatar|tw Twi|ty Tahitian|ug Uyghur|uk Ukrainian|ur Urdu|uz Uzbek|ve Venda
vi Vietnamese|vo Volapük|wa Walloon|wo Wolof|xh Xhosa|yi Yiddish|yo Yoruba|za Zhuang|zh Chinese|zu Zulu
ceb Cebuano|fil Filipino|haw Hawaiian|hmn Hmong|yue Cantonese
"""
_SCRIPTS = {
    "Arab": "Arabic script",
    "Cyrl": "Cyrillic",
    "Deva": "Devanagari",
    "Hans": "Simplified characters",
    "Hant": "Traditional characters",
    "Latn": "Latin script",
}
_REGIONS = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW 001 150 419
"""
_OLD_CODES = {"in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro"}
_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?", re.ASCII | re.IGNORECASE)


def _table() -> dict[str, str]:
    entries = (entry.split(" ", 1) for line in _NAMES.split("\n") for entry in line.split("|") if entry)
    return dict((code, name) for code, name in entries)  # noqa: C402


_LANGUAGES = _table()
_KNOWN_REGIONS = frozenset(_REGIONS.split())


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its tag in the form in which tags are compared (``pt-BR``), and its name in English."""

    tag: str
    name: str


def language_of(tag: str) -> Language:
    """The language of a tag: an ISO 639-1 code, perhaps with a script and a region, in any case.

    Raises:
        UnsupportedTargetLanguage: there is no such language here.
    """
    parts = _TAG.fullmatch(tag.strip())
    if parts is None:
        raise UnsupportedTargetLanguage
    code, script, region = parts.groups()
    code = _OLD_CODES.get(code.lower(), code.lower())
    script = script.title() if script else None
    region = region.upper() if region else None
    if (
        code not in _LANGUAGES
        or (script is not None and script not in _SCRIPTS)
        or (region is not None and region not in _KNOWN_REGIONS)
    ):
        raise UnsupportedTargetLanguage
    details = [detail for detail in (script and _SCRIPTS[script], region) if detail]
    name = _LANGUAGES[code] + (f" ({', '.join(details)})" if details else "")
    return Language("-".join(part for part in (code, script, region) if part), name)


def code_of(name: str) -> str | None:
    """The code of a language, by itself or by the language's English name in any case; None where it is not known."""
    folded = name.strip().lower()
    if folded in _LANGUAGES:
        return folded
    return next((code for code, known in _LANGUAGES.items() if known.lower() == folded), None)
