"""The survey page read by attackers: every table of it together, and its comparison with the printed figures.

One adds amounts up, one counts poles by every way of answering about the levels, one by stage and link. Route: the
solver of `attacker`, which shares no code with the library. Each is shown to win when a protection is taken away.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attacker import Knowledge
from conftest import REPOSITORY
from ptce_analysis.analysis.survey import linked_with
from ptce_analysis.errors import InputError
from ptce_analysis.protect import suppress
from ptce_analysis.protect.rules import MARK
from ptce_analysis.publish import survey_page, survey_tables
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.survey_tables import BY_LEVEL, ShownWaves, shown
from ptce_analysis.published import read_published
from ptce_analysis.survey.tables import Cleaned
from release_attack import LEVELS, MONEY, random_money, recovered
from survey_exports import cleaned
from survey_pages import survey_page as survey_page_of

EN, FACTS = Words("en"), read_published(REPOSITORY / "data" / "raw" / "published")
LANGUAGES = ("fr", "en")
NOT_ASKED = MONEY["not_asked"]
STAGED = {"pole_id": {"header": "id"}, "stage": {"header": "Stade"}}
LINKED = ("commune", "epci", "departement", "region", "pnr_petr")
LINKS: dict[str, Any] = {
    "header": ";".join(["id", "Stade", *(f"Lien {one}" for one in LINKED), *LINKED[:4]]),
    "origin": "survey",
    "variables": STAGED,
    "not_asked": [*NOT_ASKED, "legal_form"],
    "supports": [{"level": one, "link": f"Lien {one}", "amount": one, "unit": "keur"} for one in LINKED[:4]]
    + [{"level": "pnr_petr", "link": "Lien pnr_petr"}],
}


def said(tables: ShownWaves) -> dict[str, float]:
    """What may be known from the answers of each printed figure that is not hidden, by its id: the page shows less."""
    rows = tables.printed.table
    return {row["id"]: row["given"] for row in rows[rows["given"] != MARK].to_dict("records")}


# Amounts: everything that was released.


def recovered_figures(folder: Path, seed: int, rules: str = "standard") -> list[str]:
    """The figures that all that was released of a random survey gives, though hidden."""
    wave = random_money(folder, seed)
    tables = shown([wave], FACTS, rules)
    released = {name: one.table for name, one in tables.tables.items()}
    return recovered(released, tables.printed.table, wave, rules == "strict")


# Links.

WAYS = tuple(product(("", "Non", "Oui"), repeat=len(LINKED)))


def random_links(folder: Path, seed: int) -> Cleaned:
    """A wave of 2015 with few or many poles, levels that nearly all or hardly any are linked with, some supported."""
    rng = np.random.default_rng(seed)
    linked, silent, supported = rng.beta(0.6, 0.6, len(LINKED)), rng.choice([0, 0.2]), rng.beta(0.6, 0.6, 4)
    rows = []
    for i in range(int(rng.integers(8, 40))):
        links = ["" if rng.random() < silent else ("Oui" if rng.random() < p else "Non") for p in linked]
        told = zip(links[:4], supported, strict=True)
        money = [f"{np.exp(rng.normal(3, 1)):.0f}" if yes == "Oui" and rng.random() < p else "" for yes, p in told]
        rows.append(";".join([f"P{i}", "création", *links, *money]))
    return cleaned(folder, *rows, **LINKS)


def ways(at: int, answer: str) -> dict[object, float]:
    """The ways that have an answer about one level."""
    return {way: 1.0 for way in WAYS if way[at] == answer}


def read(tables: ShownWaves) -> Knowledge:
    """What the page says of how many poles answered in each way."""
    known, poles = Knowledge(), int(tables.flow.table["kept"].iloc[0])
    known.line(dict.fromkeys(WAYS, 1.0), poles, poles)
    counts = ("links", "said", "supported", "amounts")
    shown_units = {name: tables.tables[name].table.set_index("level")["units"] for name in counts}
    for at, level in enumerate(LINKED):
        linked, base, *money = (shown_units[name][level] for name in counts)
        yes = ways(at, "Oui")
        if linked != MARK:
            known.line(yes, linked, linked)
        if base != MARK:
            known.line(yes | ways(at, "Non"), base, base)
        known.line(yes, max([n for n in money if n != MARK], default=0), poles)
    return known


def small_links(folder: Path, seed: int) -> list[str]:
    """The levels of which the page says that fewer than three poles are linked, or answered that they are not."""
    tables = shown([random_links(folder, seed)], FACTS)
    known, found = read(tables), []
    for at, level in enumerate(LINKED):
        linked = linked_with(tables.waves[0], level)["linked"]
        for answer, truth in (("Oui", int(linked.sum())), ("Non", int((~linked).sum()))):
            if 0 < truth < 3 and known.range_of(ways(at, answer), whole=True)[1] < 2.5:
                found.append(f"{level}: {answer}")
    return found


# Emergence by level.

STAGES = {"emergence": "émergence", "other": "création", "untold": ""}
ANSWERS = {"yes": "Oui", "no": "Non", "untold": ""}
Group = tuple[str, str]


def of_groups(folder: Path, counts: Mapping[Group, int]) -> ShownWaves:
    """A survey with so many poles of each stage and link."""
    told = [f"{STAGES[stage]};{ANSWERS[link]}" for (stage, link), n in counts.items() for _ in range(n)]
    changes = LINKS | {"header": "id;Stade;Lien", "supports": [{"level": "region", "link": "Lien"}]}
    return shown([cleaned(folder, *(f"P{i};{one}" for i, one in enumerate(told)), **changes)])


def groups(yes: tuple[int, int], no: tuple[int, int], **more: int) -> dict[Group, int]:
    """In emergence and other, among linked poles and among the others; then the groups that told less."""
    counts = dict(zip(product(("yes", "no"), ("emergence", "other")), (*yes, *no), strict=True))
    told = {(stage, link): n for (link, stage), n in counts.items()}
    return told | {(name.split("_")[0], name.split("_")[1]): n for name, n in more.items()}


def units(tables: ShownWaves, name: str, **place: str) -> Any:
    """The count of a table of the page, at a place."""
    table = tables.tables[name].table
    return table[[all(row[one] == place[one] for one in place) for row in table.to_dict("records")]]["units"].iloc[0]


def small_groups(folder: Path, seed: int) -> list[Group]:
    """The groups of one or two poles that a reader of all the counts of the page knows exactly."""
    rng = np.random.default_rng(seed)
    every = {(stage, link): 1.0 for stage in STAGES for link in ANSWERS}
    counts = {one: int(rng.integers(0, 13)) * int("untold" not in one or rng.random() < 0.3) for one in every}
    # A line without any answer is no pole, and where nobody writes « Non » a blank is one.
    counts |= {("untold", "untold"): 0, ("other", "no"): max(1, counts["other", "no"])}
    tables = of_groups(folder, counts)
    known, level = Knowledge(), tables.by_level.table.set_index("level").loc["region"]
    lines = [
        (every, units(tables, "poles")),
        ({one: 1.0 for one in every if one[0] != "untold"}, units(tables, "told")),
        ({one: 1.0 for one in every if one[1] != "untold"}, units(tables, "said", level="region")),
        ({("emergence", link): 1.0 for link in ANSWERS}, units(tables, "stages", stage="emergence")),
        ({(stage, "yes"): 1.0 for stage in STAGES}, units(tables, "links", level="region")),
    ]
    for link, (count, base) in {"yes": BY_LEVEL[:2], "no": BY_LEVEL[2:4]}.items():
        lines.append(({("emergence", link): 1.0}, level[count]))
        lines.append(({("emergence", link): 1.0, ("other", link): 1.0}, level[base]))
    for one in every:
        known.between(one, 0, 1000)
    for terms, value in lines:
        if value != MARK:
            known.line(terms, float(value), float(value))
    found = {one: known.range_of({one: 1.0}, whole=True) for one in every if 0 < counts[one] < 3}
    return [one for one, (low, high) in found.items() if low == high]


def forgotten(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the protection that an attack is about."""
    if name == "groups":  # groups are not looked at
        monkeypatch.setattr(survey_tables, "_hiding", lambda *_: "")
        monkeypatch.setattr(survey_tables, "_untold_elsewhere", lambda *_: "")
    else:  # only the rules of single cells are left
        monkeypatch.setattr(suppress, "goals", lambda *_: [])


ATTACKS: dict[str, tuple[Callable[[Path, int], list[Any]], int]] = {
    "figures": (recovered_figures, 40),
    "figures, stricter rules": (partial(recovered_figures, rules="strict"), 20),
    "links": (small_links, 20),
    "groups": (small_groups, 40),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_is_recovered_from_the_page(tmp_path: Path, name: str) -> None:
    """A few random surveys; the thorough test has many."""
    attack, _ = ATTACKS[name]
    assert [attack(tmp_path, seed) for seed in range(2)] == [[]] * 2


@pytest.mark.thorough
@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_is_recovered_from_many_pages_and_much_without_protection(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody learns a sensitive amount, or who is in a group of one or two; the attacker can win."""
    attack, n = ATTACKS[name]
    assert [seed for seed in range(2, n) if attack(tmp_path, seed)] == []
    forgotten(name, monkeypatch)
    assert any(attack(tmp_path, seed) for seed in range(n))


@pytest.mark.parametrize("rules", ["standard", pytest.param("strict", marks=pytest.mark.thorough)])
def test_the_page_shows_nothing_that_is_not_in_what_was_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: str
) -> None:
    """Two surveys of which the same is released make one page: sentences, figures, alt texts, tables, CSV, claims.

    They differ by the amounts of a level whose total is hidden, as is all that it could be worked out from.
    """
    n_pairs = 0
    for seed in range(40):
        wave = random_money(tmp_path, seed)
        tables = shown([wave], FACTS, rules)
        money = tables.tables["amounts"].table.set_index("level")["total"]
        for level in (one for one in LEVELS if money[one] == MARK):
            at = wave.supports["level"].eq(level) & wave.supports["amount_eur"].gt(0)
            more = wave.supports.assign(amount_eur=wave.supports["amount_eur"] + 10_000.0 * at)
            other = replace(wave, supports=more)
            same = shown([other], FACTS, rules)
            if any(not one.table.equals(same.tables[name].table) for name, one in tables.tables.items()):
                continue  # what is hidden depends on it
            lang = LANGUAGES[n_pairs % 2]
            assert survey_page_of([wave], monkeypatch, lang, rules) == survey_page_of([other], monkeypatch, lang, rules)
            n_pairs += 1
            break
        if n_pairs == 2:
            return
    raise AssertionError("no two surveys of which the same is released")


@pytest.mark.parametrize(("counts", "expected"), [
    (groups((5, 5), (4, 6)), [5, 10, 4, 10]), (groups((5, 5), (4, 6), untold_yes=3, untold_no=4), [5, 10, 4, 10]),
    (groups((2, 8), (4, 6)), "few_others"), (groups((0, 9), (4, 6)), "same_answer"),
    (groups((5, 5), (4, 6), untold_yes=1, untold_no=4), "few_others"),
    (groups((5, 5), (4, 6), emergence_untold=3, other_untold=0), "same_answer"),
    (groups((5, 15), (0, 0)), "withheld"),
])  # fmt: skip
def test_emergence_by_level_is_shown_as_a_whole_or_not_at_all(
    tmp_path: Path, counts: dict[Group, int], expected: Any
) -> None:
    """Worked by hand: every group that exists has three poles or more, and so have those beside it."""
    tables = of_groups(tmp_path, counts)
    row = tables.by_level.table.iloc[0]
    drawn = survey_page.seen(survey_page.apart(EN, tables), "difference")
    if isinstance(expected, str):
        assert set(row[list(BY_LEVEL)]) == {MARK} and set(tables.by_level.ledger["rule"]) == {expected}
        assert drawn.empty
    else:
        assert list(row[list(BY_LEVEL[:4])]) == expected and tables.by_level.ledger.empty
        assert list(drawn["name"]) == ["Regions 2015"] and drawn["difference"].iloc[0] == pytest.approx(0.1)
        # All the poles told both: a level is hidden when it would give a count that another table hides.
        links = tables.tables["links"].table
        links.loc[links["level"] == "region", "units"] = MARK
        again = survey_tables.by_level(tables.waves, tables.tables, tables.rules)
        assert set(again.ledger["rule"]) == {"recoverable"}


def linked(folder: Path, links: dict[str, int], n: int, money: dict[str, list[int]] | None = None) -> ShownWaves:
    """A wave of n poles: the first so many are linked with a level, and the first of those have its amounts (k€)."""
    given = money or {}
    rows = [
        ["création", *("Oui" if i < links.get(one, 0) else "Non" for one in LINKED)]
        + [str(given[one][i]) if i < len(given.get(one, [])) else "" for one in LINKED[:4]]
        for i in range(n)
    ]
    return shown([cleaned(folder, *(";".join([f"P{i}", *row]) for i, row in enumerate(rows)), **LINKS)], FACTS)


def test_totals_do_not_say_that_a_hidden_count_is_below_the_threshold(tmp_path: Path) -> None:
    """Amounts are whole thousands: with 69 k€ in all and 58 of the communes, no other level had ten givers."""
    assert recovered_figures(tmp_path, 946, "strict") == []


@pytest.mark.parametrize("rules", ["standard", "strict"])
def test_the_total_of_all_levels_is_given_up_before_that_of_a_level(tmp_path: Path, rules: str) -> None:
    """By hand: one pole alone is funded by Europe. Its level and the total are hidden, here and among printed figures;
    the other levels are shown, and without that pole so is the total."""
    rows = [f"P{i};création;;;Oui;{8 + i};{9 + 2 * i};{12 + i};{20 + i};" for i in range(14)]
    alone = [
        *rows,
        "Q;création;;;Oui;;;;;20",
        "R;création;;;Non;;;;;",
        "S;création;;;Non;;;;;",
        "T;création;;;Non;;;;;",
    ]
    for answers, hidden in ((alone, {"europe", "total"}), (rows, set())):
        tables = shown([cleaned(tmp_path, *answers, **MONEY)], FACTS, rules)
        money = tables.tables["amounts"].table.set_index("level")["total"]
        assert set(money.index[money == MARK]) == hidden
        printed = tables.printed.table.set_index("id")["given"]
        assert {name for name in ("funding_amount_europe_2015", "funding_total_2015") if printed.get(name) == MARK} == {
            f"funding_{'total' if one == 'total' else f'amount_{one}'}_2015" for one in hidden
        }


def test_supports_do_not_give_what_links_hide_and_amounts_are_no_finer_than_in_tables(tmp_path: Path) -> None:
    """Eighteen of twenty linked, and supported: two are not. A figure printed to the euro is shown to the thousand."""
    tables = linked(tmp_path, {"region": 18, "epci": 9}, 20, {"region": [10] * 18, "epci": [9] * 9})
    links, money = (tables.tables[name].table.set_index("level")["units"] for name in ("links", "supported"))
    assert (links["region"], money["region"], links["epci"], money["epci"]) == (MARK, MARK, 9, 9)
    one = replace(FACTS["funding_amount_region_2015"], grain=Fraction(1), value=Fraction(60_000))
    tables = linked(tmp_path, {"region": 6}, 20, {"region": [8, 12] * 3})
    row = shown(tables.waves, {one.id: one}).printed.table.iloc[0]
    assert (row["given"], row["verdict"]) == (60_000, "as_far_as_shown")


@pytest.mark.thorough
def test_what_the_usual_rules_hide_the_stricter_ones_hide_too(tmp_path: Path) -> None:
    """So that a page made under each gives, together, no more than the one: in every table and printed figure."""
    n_hidden = 0
    for seed in range(300, 306):
        usual, strict = (shown([random_money(tmp_path, seed)], FACTS, rules) for rules in ("standard", "strict"))
        for name, one in {**usual.tables, "printed": usual.printed}.items():
            found = {**strict.tables, "printed": strict.printed}[name].table
            marks = found == MARK
            same = marks | (one.table.map(str) == found.map(str))
            assert same.drop(columns="verdict", errors="ignore").all(axis=None), (seed, name)
            n_hidden += int(marks.to_numpy().sum())
    assert n_hidden > 45


def test_unknown_rules_are_refused() -> None:
    """The message names the legal ones."""
    with pytest.raises(InputError, match=r"parameter 'rules': value 'strickt': legal values: standard, strict\."):
        shown([], rules="strickt")
