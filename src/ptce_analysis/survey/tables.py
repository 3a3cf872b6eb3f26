"""The tidy tables of a wave: made of the cells that were read, checked by a schema, written as files.

The cells of a variable are a frame with a line per pole: what `survey.cells.read_column` returns.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ptce_analysis.errors import InputError, if_shown
from ptce_analysis.survey.codebook import NUMERIC, STANDARD, Codebook, Support
from ptce_analysis.survey.grid import number_text
from ptce_analysis.survey.parse.words import STATUSES
from ptce_analysis.vocabulary import LEVELS, STAGES

TABLES = ("poles", "supports", "ledger", "quarantine")
LEDGER = ("file", "row", "column", "raw_value", "value", "rule")
QUARANTINE = ("file", "row", "column", "raw_value", "reason")
# The statuses of a cell: those of the parser; `not_answered` (it is blank), `not_asked` (by the questionnaire, or of
# this respondent), `implausible` (beyond the bounds of the codebook).
CELL_STATUSES = (*STATUSES, "not_answered", "not_asked", "implausible")
# What is known of the link between a pole and a level, the stronger last: several columns of a level are combined so.
# `undecided`: a funder was named that nothing places on a level; `contradictory`: an amount, where the link says no.
LINKS = ("not_asked", "not_answered", "not_involved", "undecided", "declared_zero", "involved", "contradictory")
NOT_ASKED, NOT_ANSWERED, NOT_INVOLVED, UNDECIDED, DECLARED_ZERO, INVOLVED, CONTRADICTORY = range(len(LINKS))
# The status of an amount, the less certain last: one of several amounts of a level makes their sum so.
AMOUNT_STATUSES = (
    "zero", "exact", "approximate", "range", "unknown", "not_applicable", "ambiguous", "unreadable", "implausible",
    "not_answered", "not_asked", "shared",
)  # fmt: skip
# Assumption: any answer in a column of amounts means that the level is involved, but a blank, a dash, a zero, or words
# saying that the question does not apply. Source: the column asks for an amount. If wrong: add the link's column.
_NO_SIGNAL_RULES = ("blank", "no_answer", "software_blank")
# The signs that start a formula, and the full-width forms that some spreadsheets read alike (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_FULL_WIDTH = {ord("＝"): "=", ord("＋"): "+", ord("－"): "-", ord("＠"): "@"}
Columns = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Cleaned:
    """The four tables of one wave. Every line of the export is either a row of `poles` or quarantined whole.

    `title` and `date` name the answers, if the codebook does; `links` and `amounts` are the levels asked about.
    """

    year: int
    origin: str
    poles: pd.DataFrame
    supports: pd.DataFrame
    ledger: pd.DataFrame
    quarantine: pd.DataFrame
    rows_in: int
    rows_kept: int
    rows_quarantined: int
    links: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    title: str = ""
    date: str = ""


def poles_table(columns: Columns, links: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Return one row per pole: wave, pole_id, origin, every variable with its status, the raw stage, every link.

    A variable the wave did not ask is there, empty, with the status `not_asked`.
    """
    kinds = {name: standard.kind for name, standard in STANDARD.items()} | {v.name: v.kind for v in book.variables}
    filters = {v.name: v.asked_if for v in book.variables if v.asked_if}
    poles = columns["pole_id"]
    silent = poles.assign(raw="", word="", number=np.nan, status="not_asked")
    values: dict[str, Any] = {"wave": book.wave, "pole_id": poles["word"], "origin": book.origin}
    statuses: dict[str, Any] = {}
    for name, kind in kinds.items():
        cells = columns.get(name, silent)
        if kind in NUMERIC:
            values[name] = cells["number"].astype("Int64" if kind == "count" else "float64")
        elif name != "pole_id":
            values[name] = cells["word"].where(cells["word"] != "")
        if name == "stage":
            values["stage_raw"] = cells["raw"].where(cells["raw"] != "")
        status = cells["status"]
        if name in filters:
            asker, asked = filters[name]
            said = columns[asker]["word"]
            others = said.str.split("|").map(set(asked).isdisjoint)
            status = status.mask((said != "") & others & (status == "not_answered"), "not_asked")
        if kind not in ("id", "text"):  # their value alone says everything
            statuses[f"{name}_status"] = status
    table = pd.DataFrame(values | statuses | dict(links), index=poles.index)
    texts = {name: "str" for name in table if name != "wave" and kinds.get(name) not in NUMERIC}
    return table.astype({"wave": "int64"} | texts)


def supports_tables(columns: Columns, book: Codebook) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the supports, one row per pole and level involved or declared zero, and the link (`LINKS`) of each.

    The amount of a level is the sum of those of its sources, unknown as soon as one is.
    """
    poles = columns["pole_id"]["word"]
    shape = (len(poles), len(LEVELS))
    links, totals, statuses = np.full(shape, NOT_ASKED), np.zeros(shape), np.full(shape, -1)
    for support in book.supports:
        sources = [columns[one.name]["status"] for one in (support.funder, support.link, support.amount) if one]
        silent = np.logical_and.reduce([status == "not_asked" for status in sources])
        for level, link, money in _parts(support, columns, book):
            at = list(LEVELS).index(level)
            links[:, at] = np.maximum(links[:, at], np.where(silent, NOT_ASKED, link))
            if money is not None:
                counts = np.isin(link, (DECLARED_ZERO, INVOLVED))
                ranks = money["status"].map(AMOUNT_STATUSES.index)
                statuses[counts, at] = np.maximum(statuses[:, at], ranks)[counts]
                totals[counts, at] += money["number"][counts]
    totals[statuses < 0], statuses[statuses < 0] = np.nan, AMOUNT_STATUSES.index("not_asked")
    rows, levels = np.nonzero(np.isin(links, (DECLARED_ZERO, INVOLVED)))
    table = {
        "wave": book.wave,
        "pole_id": poles.to_numpy()[rows],
        "level": np.array(list(LEVELS), object)[levels],
        "origin": book.origin,
        "amount_eur": totals[rows, levels],
        "amount_status": np.array(AMOUNT_STATUSES, object)[statuses[rows, levels]],
    }
    texts = dict.fromkeys(("pole_id", "level", "origin", "amount_status"), "str")
    named = pd.DataFrame(np.array(LINKS, object)[links], columns=[f"link_{level}" for level in LEVELS])
    return pd.DataFrame(table, index=range(len(rows))).astype({"wave": "int64"} | texts), named.astype("str")


def levels_asked(columns: Columns, book: Codebook) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the levels whose links, and whose amounts, a questionnaire asked about.

    An amount alone asks about no link: who left it blank did not say that there is none. A column of funders asks about
    those that no other column is about, and about those that it names at least half as often as they gave an amount:
    others stand there by chance.
    """
    links, amounts = ({one.level for one in book.supports if getattr(one, part)} for part in ("link", "amount"))
    money = {one.level: columns[one.amount.name]["number"] for one in book.supports if one.level and one.amount}
    for funder, amount in ((one.funder, one.amount) for one in book.supports if one.funder):
        named = [level for found in columns[funder.name]["levels"] for level in found]
        links |= {one for one in LEVELS if one not in money or named.count(one) > (money[one] > 0).sum() / 2}
        amounts |= set(named) if amount else set()
    return tuple(level for level in LEVELS if level in links), tuple(level for level in LEVELS if level in amounts)


Link = npt.NDArray[np.int64]


def _parts(support: Support, columns: Columns, book: Codebook) -> Iterator[tuple[str, Link, pd.DataFrame | None]]:
    """Yield what one source of the codebook says, level by level: the link, and the amounts where it asks for some."""
    money = columns[support.amount.name] if support.amount else None
    if support.funder:
        yield from _funder_parts(columns[support.funder.name], money)
        return
    nothing = pd.Series("", index=columns["pole_id"].index)
    said = _said(columns[support.link.name]) if support.link else nothing
    if support.link and not (said == "no").any():
        # Assumption: in a column where nobody wrote « non », a blank is an unticked box of whoever ticked another.
        # Source: how survey software exports tick boxes. If wrong: one answer « non » in the export says so.
        ticks = [_said(columns[one.link.name]) == "yes" for one in book.supports if one.link]
        said = said.mask(np.logical_or.reduce(ticks) & (said == ""), "unticked")
    yield support.level, _link(said, _told(money) if money is not None else nothing), money


def _said(cells: pd.DataFrame) -> pd.Series:
    """Return what a yes/no column says of a link: `yes`, `no`, or nothing."""
    said = cells["word"].map({"oui": "yes", "non": "no"}).fillna("")
    return said.mask(cells["status"] == "not_applicable", "no")


def _told(cells: pd.DataFrame) -> pd.Series:
    """Return what a column of amounts says of a link: `stated`, `zero`, `not_applicable`, `something`, or nothing."""
    named = {"exact": "stated", "approximate": "stated", "zero": "zero", "not_applicable": "not_applicable"}
    quiet = cells["status"].isin(("not_answered", "not_asked")) | cells["rule"].isin(_NO_SIGNAL_RULES)
    return cells["status"].map(named).fillna("something").mask(quiet, "")


def _link(said: pd.Series, told: pd.Series) -> Link:
    """Return the link that a yes/no column and a column of amounts give together; the first case that holds counts."""
    no, stated = said == "no", told == "stated"
    cases = [said == "yes", no & stated, no, stated | (told == "something"), told == "zero", told == "not_applicable"]
    links = [INVOLVED, CONTRADICTORY, NOT_INVOLVED, INVOLVED, DECLARED_ZERO, NOT_INVOLVED]
    return np.select([*cases, said == "unticked"], [*links, NOT_INVOLVED], NOT_ANSWERED)


def _funder_parts(cells: pd.DataFrame, money: pd.DataFrame | None) -> Iterator[tuple[str, Link, pd.DataFrame | None]]:
    """Yield the levels a column of funders names; the levels an answer does not name are not involved.

    One amount for several levels is shared in a way nobody said: unknown for each. A funder that cannot be placed
    counts as `inconnu`, so that its money is not lost, and leaves the other levels undecided.
    """
    names = {level: np.array([level in found for found in cells["levels"]], bool) for level in LEVELS}
    alone = np.array([len(found) == 1 for found in cells["levels"]], bool)
    if money is not None:
        money = money.assign(number=money["number"].where(alone))
    for level, named in names.items():
        cases = [named, names["inconnu"], cells["answered"]]
        link = np.select(cases, [INVOLVED, UNDECIDED, NOT_INVOLVED], NOT_ANSWERED)
        if money is None:
            yield level, link, None
        else:
            zero = named & alone & (money["status"] == "zero")
            shared = money.assign(status=money["status"].where(alone | ~named, "shared"))
            yield level, np.where(zero, DECLARED_ZERO, link), shared


def repairs_and_doubts(columns: Columns, rows: Sequence[int], book: Codebook) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cells that the tables write otherwise, and those that could not be used. `rows`: of the file."""
    named = {name: found.assign(column=name, row=rows) for name, found in columns.items()}
    cells = pd.concat(named.values(), ignore_index=True)
    refused = [cells[cells["reason"] != ""]]
    for support in book.supports:
        if support.link and support.amount:
            money = named[support.amount.name]
            no = _link(_said(columns[support.link.name]), _told(money)) == CONTRADICTORY
            refused.append(money[no].assign(reason="contradictory: an amount is given where the link says no"))
    changed = cells[(cells["reason"] == "") & (cells["raw"] != cells["word"])]
    names = {"raw": "raw_value", "word": "value"}
    return changed.rename(columns=names), pd.concat(refused).rename(columns=names)


def listed(entries: pd.DataFrame, names: Sequence[str], order: Sequence[str]) -> pd.DataFrame:
    """Return the fields of a list, its entries by row of the file, then by column in the `order` of its headers."""
    place = entries["column"].map({name: place for place, name in reversed(list(enumerate(order)))}).fillna(-1)
    found = entries.assign(place=place).sort_values(["row", "place"], ignore_index=True)[list(names)]
    return found.astype({name: "int64" if name == "row" else "str" for name in names})


def check(result: Cleaned) -> Cleaned:
    """Return the tables unchanged once poles and supports are what analyses expect: one row a key, legal values.

    Raises `InputError` for what they are not, and for any line that is neither kept nor quarantined.
    """
    import pandera.pandas as pa
    from pandera.errors import SchemaError

    def text(legal: Iterable[str]) -> pa.Column:
        return pa.Column("str", pa.Check.isin(list(legal)), nullable=True, regex=True)

    money, faults = pa.Column("float64", pa.Check.ge(0), nullable=True), []
    fields = {
        "poles": {"stage$": text(STAGES), ".*_status": text(CELL_STATUSES), "link_.*": text(LINKS)},
        "supports": {"level": text(LEVELS), "amount_eur": money, "amount_status": text(AMOUNT_STATUSES)},
    }
    for name, columns in fields.items():
        key = ["pole_id", *["level"] * ("level" in columns)]
        try:
            pa.DataFrameSchema(columns, unique=key).validate(getattr(result, name))
        except SchemaError as error:
            said = re.split(r"[ :]failure cases|:\n", str(error))[0]
            faults.append(f"{name}: {if_shown(str(error)) or said}")
    if result.rows_in != result.rows_kept + result.rows_quarantined or result.rows_kept != len(result.poles):
        faults.append(f"rows: {result.rows_in} in, {result.rows_kept} kept, {result.rows_quarantined} quarantined.")
    if faults:
        raise InputError(f"the clean tables have {len(faults)} fault(s):\n- " + "\n- ".join(faults))
    return result


def csv_text(frame: pd.DataFrame) -> str:
    """Return a table as CSV: commas, points, line feeds; texts neutralised, missing values blank, numbers canonical."""

    def texts(column: pd.Series) -> pd.Series:
        write = number_text if pd.api.types.is_numeric_dtype(column.dtype) else neutralised
        return column.astype(object).map({value: write(str(value)) for value in column.dropna().unique()})

    return str(frame.apply(texts).rename(columns=neutralised).to_csv(index=False, lineterminator="\n"))


def neutralised(text: str) -> str:
    """Return a text that a spreadsheet shows as it is: one that could start a formula gets an apostrophe before it."""
    starts = text.lstrip(" \u00a0")[:1].translate(_FULL_WIDTH)
    return f"'{text}" if starts and starts in _FORMULA else text


def clear(out_dir: Path | str, *inputs: Path) -> None:
    """Remove the tables of an earlier run, so that none is left beside answers that are refused.

    Raises `InputError`, and removes nothing, if one of them is an input.
    """
    earlier = [path for name in TABLES if (path := Path(out_dir) / f"{name}.csv").exists()]
    for path in earlier:
        if any(one.exists() and one.samefile(path) for one in inputs):
            raise InputError(f"{path.name}: it would be written over, and is only read. Give another --out.")
    for path in earlier:
        path.unlink()


def write(result: Cleaned, out_dir: Path | str) -> list[Path]:
    """Write the four tables, or none, and return their paths. Raises `InputError` if it cannot."""
    folder, texts = Path(out_dir), {name: csv_text(getattr(result, name)) for name in TABLES}
    temporary = {folder / f".{name}.csv.{os.getpid()}": folder / f"{name}.csv" for name in TABLES}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in zip(temporary, texts.values(), strict=True):
            path.write_bytes(text.encode("utf-8"))
        return [path.replace(final) for path, final in temporary.items()]
    except OSError as error:
        for path in filter(Path.exists, [*temporary, *temporary.values()]):
            path.unlink()
        fault = f"{folder}: the tables cannot be written here ({error.strerror}). Give another --out."
        raise InputError(fault) from error
