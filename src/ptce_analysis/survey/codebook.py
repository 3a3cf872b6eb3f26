"""The questionnaire of a wave as data: which header is which variable, in which unit, asked to whom, decided how."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.survey.parse import choices, kinds
from ptce_analysis.survey.parse.amounts import header_rule
from ptce_analysis.survey.parse.kinds import OF_MONEY, UNITS, not_of_a_year, stated_units
from ptce_analysis.survey.parse.words import Reading, plain
from ptce_analysis.vocabulary import LEVELS, STAGES

# What each kind of answer is stored as. `id` and `text` are kept as written, `choice` and `multi` go through `answers`.
TYPES = ("id", "text", "choice", "multi", "yes_no", "date", "stage", "legal_form", "count", "amount", "share", "staff")
NUMERIC = ("count", "amount", "share", "staff")
# What reads one text as a kind of answer; the numeric ones take a unit, and what three digits after a mark mean.
READERS: Mapping[str, Callable[..., Reading]] = {**kinds.KINDS, "yes_no": choices.yes_no, "date": choices.day}
SUFFIXES: Mapping[str, str] = {"amount": "_eur", "share": "_share", "staff": "_fte"}
ORIGINS = ("fictitious", "survey")
SILENT = ("unknown", "not_applicable")  # what a decision may read a spelling as, besides a value
COMPLETE = "layout.complete"
# The columns of a question on support, with their kinds, and which of them use a key: a link has no unit.
_PARTS = {"funder": "level", "link": "yes_no", "amount": "amount"}
_USED_BY = dict.fromkeys(("unit", "min", "max", "three_digits"), ("amount",)) | {
    "separator": ("funder",), "answers": ("funder", "link"), "decisions": ("funder", "amount"),
}  # fmt: skip
_FIELDS = {"header": "headers", "min": "low", "max": "high"}
RESERVED = re.compile(r"wave|origin|link_.*|.*_status|.*_raw")


class Standard(NamedTuple):
    """A variable every wave has or says it did not ask: its kind, and the bounds of what is plausible."""

    kind: str
    low: float | None = None
    high: float | None = None


# Assumption: outside these bounds a figure is a slip of unit or of typing. Source: the printed medians and totals (3 M€
# and 88 employees at the median, 235 M€ and 22,000 jobs on 40 poles), times a hundred or so. If wrong: the codebook
# states other bounds (`min`, `max`); nothing is rescaled, the cell is set aside and listed.
STANDARD: Mapping[str, Standard] = {
    "pole_id": Standard("id"),
    "stage": Standard("stage"),
    "members": Standard("count", 0, 2_000),
    "employees": Standard("count", 0, 20_000),
    "budget_eur": Standard("amount", 0, 500_000_000),
    "cell_budget_eur": Standard("amount", 0, 5_000_000),
    "cell_self_financed_share": Standard("share", 0, 1),
    "cell_fte": Standard("staff", 0, 100),
    "legal_form": Standard("legal_form"),
}
_SUPPORT_AMOUNT = Standard("amount", 0, 5_000_000)


@dataclass(frozen=True)
class Variable:
    """One column that is read: the headers it may have, how, within which bounds, and who was asked."""

    name: str
    headers: tuple[str, ...]
    kind: str
    unit: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    asked_if: tuple[str, tuple[str, ...]] | None = None
    three_digits: str = ""
    separator: str = ""


@dataclass(frozen=True)
class Support:
    """One source of the supports: a level with its yes/no and amount columns, or a column that names the funders."""

    level: str = ""
    funder: Variable | None = None
    link: Variable | None = None
    amount: Variable | None = None


@dataclass(frozen=True)
class Layout:
    """How the export is laid out, where that cannot be recognised."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header_rows: int = 1
    complete: tuple[str, ...] = ()
    not_shown: tuple[str, ...] = ()
    total_rows: tuple[str, ...] = ()
    test_rows: tuple[str, ...] = ()
    respondent: str = "pole_id"


@dataclass(frozen=True)
class Codebook:
    """A questionnaire, and what names its export to readers: `title` and `date`. `exclude`: reasons, by pole id."""

    file: str
    layout: Layout
    variables: tuple[Variable, ...]
    supports: tuple[Support, ...]
    wave: int = 0
    origin: str = ""
    title: str = ""
    date: str = ""
    not_asked: tuple[str, ...] = ()
    exclude: Mapping[str, str] = field(default_factory=dict)
    to_finish: tuple[str, ...] = ()

    def columns(self) -> list[Variable]:
        """Return every variable that is read from a column: of the poles, the supports, and whether one submitted."""
        of_supports = [v for s in self.supports for v in (s.funder, s.link, s.amount) if v is not None]
        complete = [Variable(COMPLETE, self.layout.complete, "text")] if self.layout.complete else []
        return [*self.variables, *of_supports, *complete]


def read_codebook(path: Path | str) -> Codebook:
    """Return the codebook a YAML file holds.

    Raises `InputError` if it is not YAML, or is not a codebook: one message lists every fault, with the legal values.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path.name}: no such codebook. `ptce codebook EXPORT` drafts one.")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}, byte {error.start}: not UTF-8. Save the codebook as UTF-8.") from error
    return checked(yaml_mapping(text, path.name), path.name)


def yaml_mapping(text: str, file: str) -> dict[str, Any]:
    """Return the mapping a YAML text holds, every value a text, a list or a mapping (`no`, `1.50` stay as written).

    Raises `InputError` for a text that is not YAML, gives a key twice, or holds something else.
    """
    import yaml

    class Loader(yaml.BaseLoader):  # type: ignore[misc] # yaml ships no types
        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
            keys = [key.value for key, _ in node.value]
            if doubled := [key for n, (key, _) in enumerate(node.value) if key.value in keys[:n]]:
                said = f"the key {doubled[0].value!r} is given twice"
                raise yaml.MarkedYAMLError(None, None, said, doubled[0].start_mark)
            return super().construct_mapping(node, deep)

    try:
        found = yaml.load(text, Loader=Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        where = f"line {mark.line + 1}: {problem}" if mark else f"{error or type(error).__name__}"
        raise InputError(f"{file}: not readable as YAML: {where}. Mend it, or write it out in full.") from error
    if not isinstance(found, dict):
        raise InputError(f"{file}: a codebook is a mapping (wave:, origin:, variables:), this is something else.")
    return found


# The unit a header states against its codebook's: thousands read as euros are a thousand times too small.
_SAID = {"eur": "euros", "keur": "thousands of euros", "meur": "millions of euros", "percent": "per cent"}
_PERIODS = {"per_month": "a part of a year", "other_currency": "another currency", "several_years": "several years"}
_NOT_YEARLY = (
    "{} speaks of {}, and an amount is in euros of one year: leave the column out, describe it as text (kind: text), "
    "or add one of yearly euros to the export."
)


def told_apart(texts: Iterable[list[str]]) -> list[list[str]]:
    """Return what each column may be called: those of one name are numbered, `Région #2` is the second so called.

    >>> told_apart([["Région"], ["id"], ["Région"]])
    [['Région #1', 'Région'], ['id'], ['Région #2', 'Région']]
    """
    told, often = list(texts), Counter[str]()
    every = Counter(plain(one[0]) for one in told)
    for n, one in enumerate(told):
        name = plain(one[0])
        often[name] += 1
        told[n] = [f"{one[0]} #{often[name]}", *one] if name and every[name] > 1 else one
    return told


def unit_fault(kind: str, header: str, unit: str) -> str:
    """Return what keeps the amounts or shares under a header from being read in a codebook's unit, "" if nothing does.

    >>> unit_fault("amount", "Budget (k€)", "")
    "the header 'Budget (k€)' states thousands of euros and the codebook no unit: write `unit: keur`."
    """
    if kind == "amount" and (rule := not_of_a_year(header)):
        return _NOT_YEARLY.format(f"the header {header!r}", _PERIODS[rule])
    stated = stated_units(kind, header)
    if unit in stated or not stated or (stated == ("eur",) and not unit):
        return ""
    said, write = " or ".join(map(_SAID.__getitem__, stated)), " or ".join(f"`unit: {one}`" for one in stated)
    return f"the header {header!r} states {said} and the codebook {unit or 'no unit'}: write {write}."


def title_fault(kind: str, titles: Iterable[str], unit: str) -> str:
    """Return what the titles above a header say that its column is not read as, "" if nothing.

    Of amounts: months, several years, another currency; or thousands and millions, where the codebook has no unit.
    """
    for title in titles if kind == "amount" else ():
        rule, above = header_rule(title), f"the line above the header {title!r}"
        if rule == "other_currency" or (rule and OF_MONEY.search(title)):
            return _NOT_YEARLY.format(above, _PERIODS[rule])
        if stated := [one for one in stated_units(kind, title) if one != "eur" and not unit]:
            write = f"write `unit: {stated[0]}`, or `unit: eur` if this column is in euros."
            return f"{above} states {_SAID[stated[0]]} and the codebook no unit: {write}"
    return ""


# What each key of a codebook may hold: its reader returns what a value means, or says what is wrong with it.


def _reader(is_legal: Callable[[Any], object], what: str, made: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not is_legal(value):
            raise ValueError(what.format(value))
        return made(value)

    return read


_text = _reader(lambda value: isinstance(value, str), "must be one text, not a list or a mapping.", str.strip)
_mapping = _reader(lambda value: isinstance(value, dict), "must be a mapping (name: value).", dict)
_entries = _reader(lambda value: isinstance(value, list), "must be a list (- level: …).", list)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(_text, value if isinstance(value, list) else [value]))


def _reasons(value: Any) -> dict[str, str]:
    return {key: _text(given) for key, given in _mapping(value).items()}


def _spellings(value: Any) -> dict[str, str]:
    return {plain(key): chosen for key, chosen in _reasons(value).items()}


def _asked_if(value: Any) -> tuple[str, tuple[str, ...]]:
    if len(found := _mapping(value)) != 1:
        raise ValueError("one variable only (variable: [values]).")
    return next((key, _texts(given)) for key, given in found.items())


def _one_of(*legal: str) -> Callable[[Any], Any]:
    return _reader(lambda value: _text(value) in legal, f"{{!r}} is not legal. Legal: {', '.join(legal)}.", str.strip)


def _like(pattern: str, what: str, made: Callable[[str], Any]) -> Callable[[Any], Any]:
    return _reader(lambda value: re.fullmatch(pattern, _text(value) or value), f"{{!r}} is not {what}.", made)


_bound = _like(r"-?[0-9]{1,15}(\.[0-9]+)?", "a number (digits, a point for decimals)", float)
_COLUMN: dict[str, Callable[[Any], Any]] = {
    "unit": _text, "answers": _spellings, "decisions": _spellings, "min": _bound, "max": _bound,
    "three_digits": _one_of("thousands", "decimals"), "separator": _like("(?s).*", "a text", str),
}  # fmt: skip
_VARIABLE = {"header": _texts, "kind": _one_of(*TYPES), "asked_if": _asked_if} | _COLUMN
_SUPPORT = {"level": _one_of(*LEVELS), **dict.fromkeys(_PARTS, _texts)} | _COLUMN
_LAYOUT = {
    "encoding": _text, "sheet": _text, "header_rows": lambda value: int(_one_of("1", "2", "3")(value)),
    "separator": _like(r".|\\t|\t", "one character", lambda text: text.replace("\\t", "\t")), "complete": _texts,
    "respondent": _text,
    **dict.fromkeys(("not_shown", "total_rows", "test_rows"), lambda value: tuple(map(plain, _texts(value)))),
}  # fmt: skip
_TOP: dict[str, Callable[[Any], Any]] = {
    "wave": _like("(19|20)[0-9]{2}", "a year, for example 2015", int), "origin": _one_of(*ORIGINS), "title": _text,
    "layout": _mapping, "variables": _mapping, "decisions": _mapping, "supports": _entries, "exclude": _reasons,
    "not_asked": _texts, "to_finish": _texts,
    "date": _reader(lambda day: choices.day(_text(day)).value == day, "{!r} is not a day, such as 2017-06-30.", str),
}  # fmt: skip


def checked(raw: Mapping[str, Any], file: str) -> Codebook:
    """Return the codebook a mapping describes. Raises `InputError` with every fault at once."""
    check = _Check()
    top = check.entry(raw, "", _TOP)
    check.decided = check.entry(top.pop("decisions", None), "decisions", dict.fromkeys((*TYPES, "level"), _spellings))
    for kind, found in check.decided.items():
        check.spellings(found, kind, f"decisions.{kind}")
    layout = Layout(**check.entry(top.pop("layout", None), "layout", _LAYOUT))
    variables = [check.variable(name, value) for name, value in top.pop("variables", {}).items()]
    supports = [check.support(f"supports[{n}]", value) for n, value in enumerate(top.pop("supports", ()), 1)]
    book = Codebook(file, layout, tuple(variables), tuple(supports), **top)
    check.together(book, raw)
    if check.faults:
        raise InputError(f"{file}: {len(check.faults)} fault(s) in the codebook:\n- " + "\n- ".join(check.faults))
    return book


class _Check:
    """The faults of a codebook as they are found: each is noted, and the check goes on without what is faulty."""

    def __init__(self) -> None:
        self.faults = list[str]()
        self.decided: dict[str, dict[str, str]] = {}

    def add(self, where: str, what: str) -> None:
        self.faults.append(f"{where}: {what}")

    def entry(self, value: Any, where: str, readers: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
        """Return what the keys of a mapping mean, without those that say nothing or are wrong."""
        found, given = dict[str, Any](), value or {}
        if not isinstance(given, dict):
            self.add(where, "must be a mapping (name: value).")
            return found
        for key, one in given.items():
            place = f"{where}.{key}".lstrip(".")
            try:
                found |= {key: readers[key](one)} if one not in ("", None) else {}
            except KeyError:
                self.add(place, f"not a legal key. Legal: {', '.join(readers)}.{nearest(key, readers)}")
            except ValueError as error:
                self.add(place, str(error))
        return found

    def column(self, name: str, where: str, standard: Standard, found: Mapping[str, Any]) -> Variable:
        """Return how one column is found and read; what is usual or decided for its kind holds where it is silent."""
        kind = found.get("kind", standard.kind)
        usual = {"headers": (), "kind": kind, "low": standard.low, "high": standard.high}
        own = {_FIELDS.get(key, key): value for key, value in found.items()}
        own["decisions"] = self.decided.get(kind, {}) | found.get("decisions", {})
        made = Variable(name, **usual | own)
        if not any(made.headers):
            self.add(f"{where}.header", "missing. Give the header of the column, or several spellings of it.")
        if made.unit not in ("", *(legal := UNITS.get(kind, ()))):
            self.add(f"{where}.unit", f"{made.unit!r} is not legal. Legal: {', '.join(legal) or 'none'}.")
        for header in made.headers:  # a header of two units is left to the export: a draft that cannot choose loads
            sure = len(stated_units(kind, header)) < 2 or not_of_a_year(header)
            if sure and (wrong := unit_fault(kind, header, made.unit)):
                self.add(f"{where}.header", wrong)
        for key in ("min", "max", "three_digits", "separator"):
            if key in found and kind not in (("multi", "level") if key == "separator" else NUMERIC):
                self.add(f"{where}.{key}", f"a variable of kind {kind} makes no use of it.")
        for spelling in {*found.get("answers", ())} & {*found.get("decisions", ())}:
            self.add(f"{where}.decisions.{spelling}", "nothing makes use of it: it is among the answers.")
        for key in ("answers", "decisions"):
            self.spellings(found.get(key, {}), kind, f"{where}.{key}")
        return made

    def spellings(self, found: Mapping[str, str], kind: str, where: str) -> None:
        """Check what spellings are to be read as: something that kind of answer can be, or a silence."""
        legal = {"level": (*LEVELS, *SILENT), "stage": (*STAGES, *SILENT)}.get(kind, ())
        reader = None if legal else READERS.get(kind)
        for spelling, text in found.items():
            if not text:
                self.add(f"{where}.{spelling}", f"says nothing. Write an answer, or {' or '.join(SILENT)}.")
            for code in re.split(r"[ ,+;]+", text) if text and legal else ():
                if code not in legal:
                    wrong = f"{code!r} is not legal. Legal: {', '.join(legal)}.{nearest(code, legal)}"
                    self.add(f"{where}.{spelling}", wrong)
            if reader and text not in ("", *SILENT) and reader(text).status in ("unreadable", "ambiguous"):
                wrong = f"{text!r} cannot be read as {kind}. Write such an answer, or {' or '.join(SILENT)}."
                self.add(f"{where}.{spelling}", wrong)

    def variable(self, name: str, value: Any) -> Variable:
        """Return one variable of the poles."""
        where, standard = f"variables.{name}", STANDARD.get(name, Standard(""))
        made = self.column(name, where, standard, self.entry(value, where, _VARIABLE))
        if made.kind not in (legal := (standard.kind,) if standard.kind else TYPES):
            self.add(f"{where}.kind", f"{made.kind!r} is not legal. Legal: {', '.join(legal)}.")
        if not re.fullmatch("[a-z][a-z0-9_]*", name) or RESERVED.fullmatch(name):
            self.add(where, "not a legal name: small letters, digits, _, and no column the tables add themselves.")
        if not name.endswith(SUFFIXES.get(made.kind, "")):
            self.add(where, f"a variable of kind {made.kind} ends in {SUFFIXES[made.kind]}.")
        if made.kind == "count" and not standard.kind and not (name.startswith("n_") or name.endswith("_years")):
            self.add(where, "a count of the codebook's own starts with n_ (or ends in _years).")
        return made

    def support(self, where: str, value: Any) -> Support:
        """Return one question on support, each of its columns on its own."""
        entry = self.entry(value, where, _SUPPORT)
        if ("level" in entry) == ("funder" in entry) or not entry.keys() & _PARTS.keys():
            self.add(where, "give a level with its link (yes/no), its amount or both, or the column of the funders.")
        if {"funder", "link"} <= entry.keys():
            self.add(f"{where}.link", "nothing makes use of it beside a funder: give it its own entry, with its level.")
        if {"funder", "amount", "decisions"} <= entry.keys():
            which = "of the funder or the amount? Write decisions: {level: …, amount: …} instead."
            self.add(f"{where}.decisions", which)
        for key in (key for key in entry if key in _USED_BY and not any(part in entry for part in _USED_BY[key])):
            self.add(f"{where}.{key}", f"nothing makes use of it without {' or '.join(_USED_BY[key])}.")
        parts = {}
        for part in (part for part in _PARTS if part in entry):
            own = {key: text for key, text in entry.items() if part in _USED_BY.get(key, ())} | {"header": entry[part]}
            standard = _SUPPORT_AMOUNT if part == "amount" else Standard(_PARTS[part])
            parts[part] = self.column(f"{where}.{part}", f"{where}.{part}", standard, own)
        return Support(entry.get("level", ""), **parts)

    def together(self, found: Codebook, raw: Mapping[str, Any]) -> None:
        """Check what entries say of each other."""
        names, seen = [variable.name for variable in found.variables], dict[str, str]()
        if not raw.get("wave") and not found.to_finish:
            self.add("wave", "missing. Write the year of the survey, for example 2015.")
        if not raw.get("origin"):
            self.add("origin", f"missing. Legal: {', '.join(ORIGINS)}.")
        if "pole_id" not in names:
            self.add("variables.pole_id", "missing. Say which column identifies the pole (kind: id).")
        for name in (name for name in STANDARD if name not in (*names, *found.not_asked, "pole_id")):
            self.add(f"variables.{name}", "neither described nor listed under not_asked. Say which.")
        for name in (name for name in found.not_asked if name not in STANDARD or name in names):
            what = "it has a column" if name in names else f"not a variable of every wave.{nearest(name, STANDARD)}"
            self.add("not_asked", f"{name!r}: {what}")
        if (wrong := found.layout.respondent) not in (*names, "pole_id"):
            self.add("layout.respondent", f"{wrong!r} is not legal. Legal: {', '.join(names)}.{nearest(wrong, names)}")
        for kind in (kind for kind in self.decided if kind not in {variable.kind for variable in found.columns()}):
            self.add(f"decisions.{kind}", "nothing makes use of it: no column is of this kind.")
        for variable in found.columns():
            if variable.asked_if:
                self.asked_if(variable, {one.name: one for one in found.variables})
            for header in dict.fromkeys(map(plain, variable.headers)) if variable.name != COMPLETE else ():
                if header and seen.setdefault(header, variable.name) != variable.name:
                    self.add(variable.name, f"the header {header!r} is already that of {seen[header]}.")

    def asked_if(self, variable: Variable, others: Mapping[str, Variable]) -> None:
        """Check that a filter rests on answers that its variable can have, and changes something."""
        where, (name, values) = f"variables.{variable.name}.asked_if", variable.asked_if or ("", ())
        if variable.kind in ("id", "text"):
            self.add(where, f"a variable of kind {variable.kind} makes no use of it.")
        if name not in others:
            self.add(where, f"no variable {name!r}.")
            return
        listed = tuple(dict.fromkeys(others[name].answers.values()))
        legal = {"stage": tuple(STAGES), "yes_no": ("oui", "non")}.get(others[name].kind, listed)
        for value in (value for value in values if legal and value not in legal):
            self.add(where, f"{value!r} is no answer to {name}. Legal: {', '.join(legal)}.{nearest(value, legal)}")
