"""The tables hold together: no gap, no dead row, cautious first, and every cell and row matters."""

import copy
from functools import cache
from itertools import product
from math import prod

import oracle
import pytest
from folder import Folder, conditions, read, when
from hypothesis import given, settings
from hypothesis import strategies as st
from people import decided, number, patient, people

from decision import KnowledgeError, explain, space
from decision.api import machine
from decision.machine import Machine
from decision.tables import default

VERDICTS = ("start", "on", "article")
COLLECTED = ("urgent", "alternatives", "cautions", "notes", "safeguards", "monitoring", "other_care")
ANY = "–"
PERMITS = ("SPECIALIST_CONSIDER", "CONTINUE_WITH_SAFEGUARDS")
TABLES = {name: read(f"rules/{name}.csv") for name in VERDICTS + COLLECTED}
VERDICT_ROWS = [(name, n) for name in VERDICTS for n in range(1, len(TABLES[name]))]
COLLECTED_ROWS = [(name, n) for name in COLLECTED for n in range(1, len(TABLES[name]))]
LOOKED_AT = {
    "start": {*oracle.NEEDED_START, "risk_plan"},
    "on": {*oracle.NEEDED_ON, "risk_plan"},
    "article": {*oracle.ARTICLE_CRITERIA, "ketamine_status"},
}
OF_OPTIONS = {c for x in oracle.OPTION_CAUTIONS.values() for c in x}  # cautions that an option names
WHEN = 1  # the second cell of a row says when it applies


def file_of(table):
    """The file of a table."""
    return f"rules/{table}.csv"


def row_id(of):
    """The name of a row, for the list of tests."""
    return TABLES[of[0]][of[1]][0] + "-" + of[0]


def columns_of(path):
    """Every column that some row of a table has a condition on."""
    return list(dict.fromkeys(c for row in TABLES[path][1:] for c in conditions(row[WHEN])))


@pytest.fixture
def folder(tmp_path):
    """A copied knowledge folder."""
    return Folder(tmp_path)


def digest_of(folder):
    """The digest over a changed folder, or ``refused`` if it does not load."""
    try:
        return space.digest(folder.machine())
    except KnowledgeError:
        return "refused"


# ---- no gap, no dead row, each input once


@pytest.mark.parametrize("table", VERDICTS + COLLECTED)
def test_the_second_cell_of_a_row_says_when_it_applies(table):
    """What these tests read as conditions is the cell named so, and the compiled rows hold the same."""
    assert TABLES[table][0][WHEN] == "when"
    assert [row["when"] for row in machine().rows[table]] == [conditions(row[WHEN]) for row in TABLES[table][1:]]
    assert set(columns_of(table)) == set(machine().columns[table])


@pytest.mark.parametrize("path", VERDICTS)
def test_no_gap_no_dead_row_no_shared_input(path):
    """Every state is decided, every row decides one, no input stands in two columns; counted in two ways."""
    assert space.table_faults(path) == []
    m = machine()
    box = {c: m.mask(c, values) for c, values in space.columns(path).items()}
    pieces = explain.outcomes(m.tables[path], box)
    decided_by = space.deciders(path)
    states = dict.fromkeys(range(len(TABLES[path]) - 1), 0)
    for n, piece in pieces:
        states[n] += prod(mask.bit_count() for mask in piece.values())
    assert states == {n: decided_by.count(n) for n in states} and min(states.values()) > 0


@pytest.mark.parametrize("path", VERDICTS)
def test_every_state_is_decided_by_the_first_row_that_reads_so(path):
    """For one state in 23 the deciding row is the first whose conditions, as written in the file, hold."""
    rows = [conditions(row[WHEN]) for row in TABLES[path][1:]]
    decided_by = space.deciders(path)
    for n, state in enumerate(space.states(path)):
        if n % 23 == 0 or len(decided_by) < 100:
            first = next(k for k, row in enumerate(rows) if all(state[c] in values for c, values in row.items()))
            assert decided_by[n] == first, patient(space.unfold(path, state))


def test_the_number_of_states_is_what_the_columns_multiply_to():
    """Worked out from the specification: columns of three values, ages, kinds of care, and how each rule cuts them."""
    c = space.counts()
    ages, cares, plans = (len(oracle.VALUES[i]) for i in ("age_group", "setting", "risk_plan"))
    statuses = len(oracle.VALUES["ketamine_status"]) - 1  # all but “on”
    folds = ("hard_stop", "capacity_and_consent", "trials", "high_risk", "other_modifiers", "criteria", "additions")
    assert c["start"] == ages * cares * statuses * 3 ** len(folds) * plans
    folds = ("emergency", "other_hard_stop", "worthwhile", "finding", "programme")
    seen_or_not_asked = len(oracle.YES_NO) + 1  # a behaviour may be seen while another was not asked about
    assert c["on"] == ages * cares * seen_or_not_asked * 3 ** len(folds) * plans
    assert c["article"] == len(oracle.VALUES["ketamine_status"]) * len(oracle.YES_NO)
    assert c["book"] == c["start"] + c["on"]
    start, on = c["levels"]["start"], c["levels"]["on"]
    inside = [
        (age, care)
        for age, care in product(oracle.VALUES["age_group"], oracle.VALUES["setting"])
        if not oracle.out_of_scope({"age_group": age, "setting": care})
    ]
    in_scope = c["start"] * len(inside) // (ages * cares)
    assert start["OUT_OF_SCOPE"] == c["start"] - in_scope
    assert start["AVOID"] == in_scope // 3 + in_scope * 2 // 9  # a stop; else no consent
    modifiers = 2  # yes or no, as long as it is known
    assert start["SPECIALIST_CONSIDER"] == len(oracle.ADULT) * modifiers * (plans + 1)  # no risk, or one with a plan
    tried = in_scope * 2 // 3 * 2 // 3  # no stop, and no refusal; then nothing tried, or all known and a no among it
    known = len(oracle.ADULT) * modifiers * (plans + 2) * 2**2  # criteria and additions at yes or no
    assert start["ALTERNATIVES_FIRST"] == tried // 3 + known - start["SPECIALIST_CONSIDER"]
    in_scope = c["on"] * len(inside) // (ages * cares)
    assert on["OUT_OF_SCOPE"] == c["on"] - in_scope
    assert on["STOP_AND_ESCALATE"] == in_scope // 3
    assert on["DISCONTINUE_PLAN"] == in_scope * 2 // 3 * 5 // 9  # another stop; else not worthwhile
    assert on["CONTINUE_WITH_SAFEGUARDS"] == len(oracle.ADULT) * (plans + 1)
    assert c["permit"] == start["SPECIALIST_CONSIDER"] + on["CONTINUE_WITH_SAFEGUARDS"]
    for path in VERDICTS:
        assert sum(c["levels"][path].values()) == c[path]


def test_a_gap_is_found_and_printed_as_a_patient(folder):
    """Without R-CRIT.c people with a high-risk feature and no plan, of any adult age, find no row; one is described."""
    rows = TABLES["start"]
    folder.write("rules/start.csv", [row for row in rows if row[0] != "R-CRIT.c"])
    assert space.table_faults("start", folder.machine()) == [
        f"start: no row decides 6 of {space.counts()['start']:,} states, e.g. "
        "other sedating medicines or alcohol: Yes; "
        "asked for supply or a session earlier than planned: Yes; agreed plan for what is present: No. "
        "Not known: kind of pain; pain may be under-treated. Everything else is reassuring."
    ]


def test_a_dead_row_is_found(folder):
    """A row behind one that takes all it matches is named."""
    rows = TABLES["on"]
    at = next(n for n, row in enumerate(rows) if row[0] == "R-ON-STOP")
    folder.write("rules/on.csv", rows[: at + 1] + [["R-ON-STOP.b", *rows[at][1:]]] + rows[at + 1 :])
    assert space.table_faults("on", folder.machine()) == [
        "on: row R-ON-STOP.b never decides; the rows above it take all it matches."
    ]


def test_an_input_in_two_columns_is_found(folder):
    """An input added to a second checklist of the same table is named with both."""
    folder.write("rules/items.csv", [*read("rules/items.csv"), ["trials", "pregnant"]])
    assert "start: input pregnant stands in two columns, hard_stop and trials." in space.table_faults(
        "start", folder.machine()
    )


@pytest.mark.parametrize("path", VERDICTS)
def test_each_table_looks_at_the_inputs_of_the_specification_once(path):
    """The columns of a verdict table hold each needed input, and risk_plan, exactly once, nothing else."""
    checklists = {}
    for checklist, item in read("rules/items.csv")[1:]:
        checklists.setdefault(checklist, []).append(item)
    checklists["article_criteria"] = read("rules/readings.csv")[1][2].split("; ")
    inputs = [i for c in columns_of(path) for i in checklists.get(c, [c])]
    assert len(inputs) == len(set(inputs))
    assert set(inputs) == LOOKED_AT[path]


@given(people(), st.data())
@settings(max_examples=300)
def test_no_input_beyond_the_needed_ones_changes_a_level(case, data):
    """Changing all inputs that the path does not need leaves level and deciding row as they were."""
    path = "on" if case["ketamine_status"] == "on" else "start"
    free = sorted(set(oracle.INPUTS) - LOOKED_AT[path] - {"ketamine_status"})
    other = {**case, **{i: data.draw(st.sampled_from(oracle.VALUES[i])) for i in free}}
    first, second = decided(case, "book"), decided(other, "book")
    assert first["reasons"][0]["row"] == second["reasons"][0]["row"], patient(case)
    assert (first["level"], first["missing"]) == (second["level"], second["missing"]), patient(case)


@pytest.mark.parametrize("path", ["start", "on"])
def test_every_needed_input_can_change_the_level(path):
    """For each needed input, and risk_plan, some person one answer from ketamine loses it by that answer."""
    base = oracle.GOOD_ON if path == "on" else oracle.GOOD_START
    for i in LOOKED_AT[path] - {"risk_plan"}:
        levels = {oracle.verdict({**base, i: v})[0] for v in oracle.VALUES[i]}
        assert {decided({**base, i: v}, "book")["level"] for v in oracle.VALUES[i]} == levels
        assert len(levels) > 1, i
    seen = {**base, "early_refill": "yes"}
    assert len({decided({**seen, "risk_plan": v}, "book")["level"] for v in ("yes", "no")}) == 2


# ---- cautious first, and only one way through


@pytest.mark.parametrize("path", ["start", "on"])
def test_rows_run_from_most_to_least_cautious(path):
    """Down the file the rank of the specification never falls, so each row reads “at least this cautious”."""
    level = TABLES[path][0].index("level")
    ranks = [oracle.RANKS[path][row[level]] for row in TABLES[path][1:]]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize("path", ["start", "on"])
def test_rows_that_permit_spell_out_every_condition(path):
    """A row that lets ketamine through is never a catch-all: only the plan may be open, where no risk is."""
    permitting = [row for row in TABLES[path][1:] if row[TABLES[path][0].index("level")] in PERMITS]
    assert permitting and permitting == TABLES[path][-len(permitting) :]
    for row in permitting:
        said = conditions(row[WHEN])
        no_risk = ["no"] in (said.get("high_risk"), said.get("behaviour"))
        status = set() if path == "start" else {"ketamine_status"}  # the path itself says that it is on
        assert set(columns_of(path)) - set(said) == ({"risk_plan"} if no_risk else set()), row[0]
        assert set(space.columns(path)) >= set(said) - status
        assert not [c for c, values in said.items() if any("unknown" in v for v in values)], row[0]


@pytest.mark.parametrize("of", [x for x in VERDICT_ROWS if x[0] != "article"], ids=row_id)
def test_dropping_a_row_never_lets_anyone_more_through(of, folder):
    """Without any one row no state gains ketamine: a cautious answer, or a gap that is found."""
    path, n = of
    level = TABLES[path][0].index("level")
    rows = TABLES[path][:n] + TABLES[path][n + 1 :]
    folder.write(file_of(path), rows)
    through = {k for k, row in enumerate(rows[1:]) if row[level] in PERMITS}
    before = {k for k, row in enumerate(TABLES[path][1:]) if row[level] in PERMITS}
    m = folder.machine()
    was, now = space.deciders(path), space.deciders(path, m)
    if list(space.columns(path, m)) == list(space.columns(path)):
        gained = [k for k, (a, b) in enumerate(zip(was, now, strict=True)) if b in through and a not in before]
    else:  # without its last row a table has its columns in another order
        places = {number(path, state): k for k, state in enumerate(space.states(path, m))}
        assert len(places) == len(was) == len(now)
        gained = [k for k in range(len(was)) if now[places[k]] in through and was[k] not in before]
    assert gained == [], patient(space.unfold(path, list(space.states(path))[gained[0]]))
    assert n - 1 in was, "the row decided nobody"


# ---- the digest sees every change of a verdict table


def test_digest_sees_meaning_and_not_wording(folder):
    """A copy has the same digest, new wording and citations keep it, one checklist item less changes it."""
    same = space.digest()
    assert len(same) == 64 and digest_of(folder) == same
    folder.set("rules/start.csv", 5, "because", "Other words.")
    folder.set("rules/start.csv", 5, "sources", "cohen2018")
    folder.set("rules/vocabulary.csv", 5, "question", "Another question?")
    items = read("rules/items.csv")
    folder.write("rules/items.csv", items[:1] + items[:0:-1])  # the order within a checklist means nothing
    turned = [[row[0], " ".join(row[WHEN].split()[::-1]), *row[2:]] for row in TABLES["start"][:-1]]
    folder.write("rules/start.csv", [*turned, TABLES["start"][-1]])  # nor does the order of a row's conditions
    assert digest_of(folder) == same
    folder.write("rules/items.csv", [row for row in items if row != ["hard_stop", "pregnant"]])
    assert digest_of(folder) not in (same, "refused")


@pytest.mark.parametrize("of", VERDICT_ROWS, ids=row_id)
def test_changing_any_cell_changes_the_digest_or_is_refused(of, folder):
    """Each condition set to any and to each single value, the level to each other level, the id to another.

    One change of each cell goes through the file and the loader, its other changes through the compiled rows.
    """
    path, n = of
    same, model = space.digest(), copy.deepcopy(folder.load())
    head, row = TABLES[path][0], TABLES[path][n]
    level, said = head.index("level"), conditions(row[WHEN])

    def through_the_file(k, cell):
        changed = [r[:] for r in TABLES[path]]
        changed[n][k] = cell
        folder.write(file_of(path), changed)
        return digest_of(folder)

    assert through_the_file(0, "R-NEW") != same
    for other in {r[level] for r in TABLES[path][1:]} - {row[level]}:
        assert through_the_file(level, other) != same, f"{row[0]}: the level {other} went unnoticed"
    compiled = next(t for t in model["tables"] if t["name"] == path)["rows"][n - 1]
    for c in columns_of(path):
        first = True
        for values in [None, *([v] for v in machine().values[c])]:
            if values == said.get(c):
                continue
            now = {x: v for x, v in {**said, c: values}.items() if v}
            if first:
                after = through_the_file(WHEN, when(now))
            else:
                compiled["when"] = now
                after = space.digest(Machine(model))
                compiled["when"] = said
            assert after != same, f"{row[0]}: {c} from {said.get(c)} to {values} went unnoticed"
            first = False
    assert space.digest(Machine(model)) == same


@pytest.mark.parametrize("of", VERDICT_ROWS, ids=row_id)
def test_dropping_or_moving_any_row_changes_the_digest_or_is_refused(of, folder):
    """The row left out, moved a line, or moved to either end through the file; else in the compiled rows."""
    path, n = of
    same, model = space.digest(), copy.deepcopy(folder.load())
    others = TABLES[path][:n] + TABLES[path][n + 1 :]
    folder.write(file_of(path), others)
    assert digest_of(folder) != same, f"{row_id(of)} dropped went unnoticed"
    rows = next(t for t in model["tables"] if t["name"] == path)["rows"]
    for place in set(range(1, len(others) + 1)) - {n}:
        if place in (1, n - 1, n + 1, len(others)):
            folder.write(file_of(path), others[:place] + [TABLES[path][n]] + others[place:])
            after = digest_of(folder)
        else:
            rows.insert(place - 1, rows.pop(n - 1))
            after = space.digest(Machine(model))
            rows.insert(n - 1, rows.pop(place - 1))
        assert after != same, f"{row_id(of)} moved to line {place + 1} went unnoticed"
    assert space.digest(Machine(model)) == same


# ---- every row of the collected tables is used


def pool():
    """People one or two answers from a base: enough to meet every row of the collected tables."""
    for base in (oracle.GOOD_START, oracle.GOOD_ON, oracle.UNKNOWN):
        for i in oracle.INPUTS:
            for value in oracle.VALUES[i]:
                yield {**base, i: value}


@cache
def answers():
    """Each of them with the answer in either reading."""
    return [(who, reading, decided(who, reading)) for who in pool() for reading in ("book", "article")]


@pytest.mark.parametrize("of", COLLECTED_ROWS, ids=row_id)
def test_every_collected_row_is_reached_and_missed_when_dropped(of, folder):
    """Somebody gets the row; without it their answer lacks exactly that: what it says, or the whole item."""
    table, n = of
    row = dict(zip(TABLES[table][0], TABLES[table][n], strict=True))
    in_list, key = ("reasons", "row") if table == "urgent" else (table, "id")
    model = copy.deepcopy(default())
    others = next(t for t in model["tables"] if t["name"] == table)["rows"]
    assert others.pop(n - 1)["row"] == row["row"]
    without, missed = Machine(model), []
    for who, reading, before in answers():
        if not any(x[key] == row[key] and row["because"] in x["text"] for x in before[in_list]):
            continue
        after = without.decide(who, reading)
        item, left = (next((x for x in a[in_list] if x[key] == row[key]), None) for a in (before, after))
        if left is None or row["because"] not in left["text"]:  # else another row says the same here
            assert left is None or len(left["text"]) < len(item["text"]), patient(who)
            missed.append((who, reading, after))
        same = {x: v for x, v in before.items() if x not in (in_list, "urgent")}
        if left is None and table == "cautions":  # an option no longer points to it
            same["alternatives"] = [
                {**x, "cautions": [c for c in x["cautions"] if c != row["id"]]} for x in same["alternatives"]
            ]
        assert {x: after[x] for x in same} == same, patient(who)
        assert [x for x in after[in_list] if x[key] != row[key]] == [x for x in before[in_list] if x[key] != row[key]]
    assert missed, f"nobody gets {row['row']}, or nobody misses it"
    folder.write(file_of(table), TABLES[table][:n] + TABLES[table][n + 1 :])
    if table == "cautions" and row["id"] in OF_OPTIONS - {x["id"] for x in others}:
        with pytest.raises(KnowledgeError, match=rf"^rules/alternatives.csv, line \d+, .*“{row['id']}” is not known"):
            folder.load()
    else:
        who, reading, after = missed[0]
        assert folder.machine().decide(who, reading) == after, "the file says what the compiled rows say"


def test_rows_that_share_an_id_are_one_item_that_says_each_once():
    """An id stands once in a list; its text has the words of each row that matched, and cites for each."""
    merged = set()
    for who, reading, answer in answers():
        known = {**who, "reading": reading, "path": answer["path"], "level": answer["level"]}
        for table in COLLECTED[1:]:
            if table == "alternatives" and not answer[table]:
                continue
            ids = [x["id"] for x in answer[table]]
            assert len(ids) == len(set(ids)), (table, patient(who))
            rows = [machine().rows[table][n] for n in machine().matches(table, known)]
            assert ids == list(dict.fromkeys(r["id"] for r in rows)), patient(who)
            for item in answer[table]:
                mine = [r for r in rows if r["id"] == item["id"]]
                assert all(item["text"].count(r["because"]) == 1 for r in mine), (item["text"], patient(who))
                assert all(r["certainty"] in item["certainty"] for r in mine)
                for key in ("claims", "sources"):
                    assert item[key] == list(dict.fromkeys(x for r in mine for x in r[key])), (item["id"], key)
                merged |= {item["id"]} if len(mine) > 1 else set()
    assert merged == {"tca", "snri", "snri_suicidality", "nsaid", "stop_and_escalate", "withdrawal_craving_mood_watch"}
