"""What no published file may hold: rules as data, and what to look for that only the raw answers hold."""

import csv
import io
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, zip_longest
from operator import itemgetter
from pathlib import Path

from ptce_analysis import vocabulary
from ptce_analysis.errors import InputError
from ptce_analysis.survey.waves import EXPORTS

# Marks that only change how a text is laid out: letters on both sides of one are read together.
INVISIBLE = dict.fromkeys(
    (0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
)
LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
# The narrow space groups thousands in our French numbers: such a number is no identifier, so the space is kept.
OURS, KEPT = "\u202f", "\ue000"


def plain(text: str) -> str:
    """Return a text for patterns: one form of each letter, no invisible mark, ordinary spaces but in our thousands."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.translate(INVISIBLE).replace(OURS, KEPT)).replace(KEPT, OURS)


def folded(text: str) -> str:
    """Return a text for comparing words: small letters without accents, anything else one space, one at each end."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(INVISIBLE | LIGATURES)).casefold()
        text = re.sub(r"[\u0300-\u036f]+", "", text)
    return f" {re.sub(r'[^0-9a-z]+', ' ', text.lower()).strip()} "


def is_siren(found: str) -> bool:
    """Return whether digits have the check digit (Luhn) of a SIREN or SIRET; a round number is an amount."""
    digits = re.sub(r"\D", "", found)
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0 and not digits.endswith("000")


# Each rule, and what it says is absent; what finds some of them; what acts; how pages and tables are read for the rest.
_RULES = tomllib.loads(Path(__file__).with_name("leaks.toml").read_text(encoding="utf-8"))
LEAKS: dict[str, str] = _RULES["absent"]
PATTERNS = [(name, re.compile(one)) for name, patterns in _RULES["patterns"].items() for one in patterns]
ACTIVE, MARKUP, ROWS = (
    {name: re.compile(one) for name, one in _RULES[part].items()} for part in ("active", "markup", "rows")
)
UNIT_COLUMN = ROWS["unit_column"]


def is_iban(found: str) -> bool:
    """Return whether letters (10 and on) and digits, the first four signs last, are one more than a multiple of 97."""
    signs = re.sub(r"\W", "", found).upper()
    return 15 <= len(signs) <= 34 and int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1


# Numbers with a check digit of their own.
CHECKED = {"siren": is_siren, "iban": is_iban}


def matches(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each rule whose pattern a text holds, and what was found."""
    for name, pattern in PATTERNS:
        found = (one[0] for one in pattern.finditer(text))
        yield from ((name, one) for one in found if CHECKED.get(name, bool)(one))


def masked(text: str) -> str:
    """Return what was found so that a report can be read by anybody: its ends and its length."""
    text = " ".join(text.split())
    return f"{text[:2]}…{text[-2:]} ({len(text)} characters)" if len(text) > 6 else f"… ({len(text)} characters)"


@cache
def own_words() -> str:
    """Return every text of the library in every language, folded: finding one of them again exposes nobody."""
    library = Path(vocabulary.__file__).parent
    kinds = ("*.csv", "publish/templates/*/*", "publish/locale/*.po")
    paths = (path for kind in kinds for path in sorted(library.glob(kind)))
    return folded(" ".join(path.read_text(encoding="utf-8") for path in paths))


# What may stand between the cells of a row.
BETWEEN = (r"\t", ";", r"\|", ",", r" {2,}| (?=[-\d])|(?<=\d) ")


def respondents(text: str) -> Iterator[str]:
    """Yield what shows that a text holds rows of respondents, as a table, records, attributes or a drawing.

    Either a column that only they have, or rows that nothing tells apart once numbers and codes are left out: each row
    of a table of totals has a name.
    """
    yield from (f"column {found[0].lower()}" for found in UNIT_COLUMN.finditer(text))
    lines = [line for line in _lines(text) if re.search(r"\w", line)]
    for between in BETWEEN:
        for width, group in groupby((re.split(between, line) for line in lines), key=len):
            rows = list(group)
            if width > 2 and max(width, len(rows)) > LEAST_ROWS:
                table = [[ROWS["name"].sub("", cell, count=1).strip(" \"'<>/]})") for cell in row] for row in rows]
                if n := max(_untold(table[1:]), _untold(list(zip(*table, strict=True))[1:])):
                    yield f"{n} rows that nothing tells apart"
                    return


def table_rows(text: str) -> list[list[str]]:
    """Return the rows of a CSV; what separates their cells is what the first line holds most of."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    separator = max(";,\t", key=re.split(r"[\r\n]", text, maxsplit=1)[0].count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)) or [[]]


def all_marked(kind: str, text: str) -> bool:
    """Return whether a file is a CSV each row of which says in its column `origin` that it is fictitious."""
    rows = table_rows(text) if kind in (".csv", ".tsv", ".txt") else []
    return len(rows) > 1 and all(("origin", "fictitious") in zip(rows[0], row, strict=False) for row in rows[1:])


def _lines(text: str) -> Iterator[str]:
    """The rows of whatever may be a table in a text, a line each; texts of a drawing at one height are a row."""
    texts = ROWS["drawn"].findall(text)
    drawn = [(height[1], said) for about, said in texts if (height := ROWS["height"].search(about))]
    heights = groupby(sorted(drawn, key=itemgetter(0)), key=itemgetter(0))
    yield from ("\t".join(said for _, said in row) for _, row in heights)
    yield from ROWS["end"].split(ROWS["element"].sub(_stands_for, text))


def _stands_for(tag: re.Match[str]) -> str:
    """What is in place of a tag: what it says itself, or the end of a name, of a cell or of a row."""
    end = "=" if tag[2] == "dt" else "\t" if ROWS["inside"].fullmatch(tag[2].lower()) else "\n"
    return end if tag[1] else "\t".join([*ROWS["told"].findall(tag[3]), ""]) + "\n" * tag[3].endswith("/")


def _untold(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows with amounts share all words and years with another row; 0: they can be told apart."""
    words, amounts, rows = list[Sequence[str]](), False, [row for row in rows if any(row)]
    for column in zip(*rows, strict=True) if len(rows) >= LEAST_ROWS else ():
        filled = [cell for cell in column if cell]
        numbers = all(len(cell) < 40 and ROWS["quantity"].fullmatch(cell) for cell in filled)
        if numbers and not all(map(ROWS["year"].fullmatch, filled)):
            amounts |= len(set(filled)) > 2
        elif len(set(column)) < len(rows) or not all(map(ROWS["code"].fullmatch, column)):
            words.append(column)
    shared = (column for column in words if 1 < len(set(column)) < len(rows))
    answers = any(all(map(ROWS["answer"].fullmatch, filter(None, column))) for column in shared)
    same = sum(n for n in Counter(zip(*words, strict=True)).values() if n > 1)
    return same if amounts and answers and same >= LEAST_SAME else 0


# Kinds of answers whose cells are text: those of no kind (a column that the codebook does not name), and those where a
# list was offered but respondents typed what they liked, each part of which may name somebody.
FREE, TYPED = ("", "id", "text"), ("level", "legal_form")
PERSON = re.compile(r"\b(?:contact|nom|prenom|name|courriel|mail|email|telephone|phone|adresse|address)\b")
PARTS = re.compile(r"[;,/|+\n]|\s[-–]\s|\bet\b")

# Assumption: a cell names somebody when it has 5 letters or 9 digits and stands in at most 2 rows, or in a column of
# persons, or in one where most answers differ; a longer text is quoted when 8 words of it follow each other.
# Source: the fields of survey exports. If wrong: some respondent's short name or quotation is not searched for.
LEAST_LETTERS, LEAST_DIGITS, MOST_ROWS, QUOTED_WORDS = 5, 9, 2, 8
# Assumption: five rows are a table, of which three alike are no slip of its author. If wrong: a shorter one passes.
LEAST_ROWS, LEAST_SAME = 5, 3


@dataclass(frozen=True)
class Needle:
    """Something to look for: the words, folded, and the raw cell that they come from."""

    words: str
    where: str


def needles(folder: Path) -> list[Needle]:
    """Return what to look for from every export below a folder; a codebook beside an export says what its columns are.

    Raises `InputError` if there is no export, or one cannot be read.
    """
    if not (paths := sorted(path for path in folder.rglob("*") if path.suffix.lower() in EXPORTS and path.is_file())):
        raise InputError(f"{folder}: no export ({', '.join(EXPORTS)}) to take raw values from. Give their folder.")
    found = [needle for path in paths for column in _columns(path) for needle in column_needles(*column)]
    return list({needle.words: needle for needle in reversed(found)}.values())[::-1]


def column_needles(header: str, kind: str, cells: Sequence[tuple[str, str]]) -> list[Needle]:
    """Return what to look for from the cells of a column, given as (where, text); `kind` is that of the codebook."""
    rows = Counter(folded(text) for _, text in cells)
    every = bool(PERSON.search(folded(header))) or 2 * len(rows) > len(cells)
    found = dict[str, Needle]()
    for where, text in cells:
        if every or rows[folded(text)] <= MOST_ROWS:
            parts = PARTS.split(text) if kind in TYPED else []
            for words in (*_distinctive(text), *(folded(part) for part in parts if _names(folded(part)))):
                found.setdefault(words, Needle(words, where))
    # An id that says itself that it is fictitious is nobody's.
    return [one for words, one in found.items() if words not in own_words() and not words.startswith(" fictif ")]


def _distinctive(text: str) -> Iterator[str]:
    """The words of a cell that name somebody: the whole, and each quotation of a long one."""
    whole = folded(text)
    words = whole.split()
    if _names(whole):
        yield whole
    if 1 < len(words) < 4 and "".join(words).isalpha() and _names(whole) and whole not in own_words():
        yield f" {' '.join((words[-1], *words[:-1]))} "  # a surname is as often written first
        yield f" {' '.join((*words[1:], words[0]))} "
    for start in range(len(words) - QUOTED_WORDS + 1):
        yield f" {' '.join(words[start : start + QUOTED_WORDS])} "


def _names(words: str) -> bool:
    letters, digits = sum(map(str.isalpha, words)), sum(map(str.isdigit, words))
    return letters >= LEAST_LETTERS or digits >= LEAST_DIGITS or (letters > 0 and letters + digits >= LEAST_LETTERS)


def _columns(path: Path) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """The columns of an export whose cells are text: the header, the kind, and each cell with where it stands."""
    from ptce_analysis.survey.clean import laid_out
    from ptce_analysis.survey.codebook import Layout, read_codebook
    from ptce_analysis.survey.read import read

    book = next((read_codebook(one) for one in sorted(path.parent.glob("*.y*ml"))), None)
    layout = book.layout if book else Layout()
    grid = read(path, encoding=layout.encoding, separator=layout.separator, sheet=layout.sheet)
    names, rows, numbers = [*grid.rows[:1], []][0], grid.rows[1:], grid.numbers[1:]
    if book:
        answers = laid_out(grid, book)
        names, rows, numbers = list(answers.names), answers.whole, answers.numbers
    kinds = {folded(header): one.kind for one in (book.columns() if book else ()) for header in one.headers}
    for at, (name, *cells) in enumerate(zip_longest(names, *rows, fillvalue=""), start=1):
        if (kind := kinds.get(folded(name), "")) in (*FREE, *TYPED):
            where = [f"{path.name}, row {number}, column {name or at}" for number in numbers]
            yield name, kind, [one for one in zip(where, cells, strict=True) if one[1].strip()]
