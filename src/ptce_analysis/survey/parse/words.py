"""The words of an answer: what was understood of them, spellings made comparable, silences, words of doubt."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from ptce_analysis import vocabulary

STATUSES = {
    "exact": "the text states one value",
    "approximate": "the text states one value and says that it is not exact, or something beside it is not counted",
    "range": "the text states bounds, not a value",
    "zero": "the text declares nothing",
    "unknown": "the text says that the value is not known or not given, or says nothing",
    "not_applicable": "the text says that the question does not apply",
    "ambiguous": "the text has several plausible meanings: the codebook must decide",
    "unreadable": "no rule understands the text",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer: the text as written, what it states, in which unit, how surely, and the rule that says so.

    `low` and `high` are the bounds a range states; they are never a value.
    """

    text: str
    value: int | float | str | tuple[str, ...] | None
    unit: str | None
    status: str
    rule: str
    low: float | None = None
    high: float | None = None


def stated(text: str, value: str | tuple[str, ...], rule: str, status: str = "exact") -> Reading:
    """Return the reading of a text that states a code, or several."""
    return Reading(text, value, None, status, rule)


def unstated(text: str, status: str = "unreadable", rule: str = "no_rule") -> Reading:
    """Return the reading of a text that states nothing, with the reason."""
    return Reading(text, None, None, status, rule)


@cache
def table(file: str) -> list[dict[str, str]]:
    """Return the rows of a table of words beside this module."""
    return vocabulary.rows(f"survey/parse/{file}")


@cache
def word_rows(kind: str) -> list[tuple[str, str, re.Pattern[str]]]:
    """Return the rows of one kind of `words.csv`: code, rule, and the words without accents they stand for.

    `{other}` in them stands for any words of the kind `other`.
    """
    found = (row | {"words": re.sub(r"\{([a-z_]+)\}", lambda other: any_of(other[1]), row["words"])}
             for row in table("words.csv") if row["kind"] == kind)  # fmt: skip
    return [(row["code"], row["rule"], re.compile(row["words"], re.I)) for row in found]


def any_of(kind: str) -> str:
    """Return the pattern of any words of one kind of `words.csv`."""
    return f"(?:{'|'.join(pattern.pattern for _, _, pattern in word_rows(kind))})"


def chosen(kind: str, words: str) -> tuple[str, str] | None:
    """Return the code and rule of the first row of a kind that plain words fit, or None."""
    return next(((code, rule) for code, rule, pattern in word_rows(kind) if pattern.fullmatch(words)), None)


# Characters people and software use for the same thing. Superscripts and bidirectional overrides are left alone on
# purpose: a footnote mark must not become a digit, and reordered digits must not be read.
_ALIKE = {
    " ": "\t\n\r\v\f\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))),
    "": "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff",
    "'": "\u2018\u2019\u201b\u02bc\u2032\u00b4`",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63",
}
_SAME = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"} | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {other: one for one, others in _ALIKE.items() for other in others}
)  # fmt: skip


def tidy(text: str) -> str:
    """Return the text with one kind of space, apostrophe, dash and digit, and no blanks around it."""
    if text.isascii() and text.isprintable() and "`" not in text:  # nothing to translate: ten times faster
        return " ".join(text.split())
    return re.sub(" +", " ", text.translate(_SAME)).strip(" ")


def bare(text: str) -> str:
    """Return the tidied text without accents, its capitals kept (`M€` is not `m€`)."""
    tidied = tidy(text)
    if tidied.isascii():
        return tidied
    letters = unicodedata.normalize("NFD", tidied)
    return unicodedata.normalize("NFC", "".join(c for c in letters if unicodedata.category(c) != "Mn"))


def plain(text: str) -> str:
    """Return the words alone, to compare two spellings: no accents, no capitals."""
    return bare(text).lower()


def acronym(text: str) -> str:
    """Return the plain words without the dots, slashes and final marks of an abbreviation."""
    words = plain(text).rstrip(" .:;,!")
    return re.sub(r"[./ ]", "", words) if re.fullmatch(r"([a-z][./] ?)+[a-z]?", words) else words


def misspelt(words: str, known: tuple[str, ...]) -> str:
    """Return the words with each long one that is one slip away from a known one put right, or "" if none is.

    One slip is a letter more, less or changed, or two neighbours swapped; the first letter is always kept.
    """
    corrected = []
    for word in words.split(" "):
        near = [other for other in known if len(word) > 4 and other[0] == word[0] and _one_slip(word, other)]
        corrected.append(near[0] if len(near) == 1 and word not in known else word)
    return " ".join(corrected) if corrected != words.split(" ") else ""


def _one_slip(a: str, b: str) -> bool:
    """Return whether one insertion, deletion, change or swap of neighbours turns a into b."""
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    swapped = rest_a[1::-1] == rest_b[:2] and rest_a[2:] == rest_b[2:]
    return rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:] or swapped


# Excel's and LibreOffice's, in any language: « #NOM ? » is « #NAME? ». `####`: a number too wide for its column.
SPREADSHEET_ERROR = re.compile(r"#¡?[^\W\d_][\w/]* ?[!?]|#N/?[ADV]|#GETTING_DATA|#{3,}|Err ?: ?[0-9]{3}", re.I)
# What may follow a silence without changing it.
_FOR_NOW = re.compile(rf" \(?{any_of('for_now')}\)?$")


def silence(text: str) -> tuple[str, str] | None:
    """Return the status and rule of a text that gives no value, or that only a spreadsheet writes, else None."""
    if SPREADSHEET_ERROR.fullmatch(text):
        return "unreadable", "spreadsheet_error"
    if text.startswith(("=", "@")):  # a formula that was never computed
        return "unreadable", "formula"
    # Assumption: « NC » is read as "not communicated". Source: usage in survey tables. If wrong: where a wave uses it
    # for "non concerné", its codebook decides so and the level is then not involved.
    words = _FOR_NOW.sub("", acronym(text))
    if not words and not text.strip(" .:;,!"):
        return ("unknown", "no_answer" if text.strip() else "blank")
    return chosen("silence", words)


def no_value(text: str) -> Reading | None:
    """Return the reading of a text that gives no value, else None."""
    found = silence(bare(text))
    return unstated(text, *found) if found else None


_DOUBTFUL = re.compile(any_of("doubtful"), re.I)


def doubtful(text: str) -> bool:
    """Return whether plain words deny, ask for or doubt what they stand beside: « refusée », « pas la région »."""
    return _DOUBTFUL.search(text) is not None
