"""The tables hold together: no gap, no dead row, cautious first, and every cell and row matters."""

import oracle
import pytest
from cases import decided, patient, people
from folder import Folder, read
from hypothesis import given, settings
from hypothesis import strategies as st

from decision import explain, space
from decision.api import machine
from decision.knowledge import KnowledgeError
from decision.machine import Machine

VERDICTS = ("start", "on", "article")
COLLECTED = ("urgent", "cautions", "notes", "safeguards", "monitoring", "other_care")
ANY = "–"
NOT_CONDITIONS = ("row", "level", "because", "claims", "sources", "origin", "certainty", "id", "title")
TABLES = {name: read(f"{name}.csv") for name in VERDICTS + COLLECTED}
VERDICT_ROWS = [(name, n) for name in VERDICTS for n in range(1, len(TABLES[name]))]
COLLECTED_ROWS = [(name, n) for name in COLLECTED for n in range(1, len(TABLES[name]))]
LOOKED_AT = {
    "start": {*oracle.NEEDED_START, "risk_plan"},
    "on": {*oracle.NEEDED_ON, "risk_plan"},
    "article": {*oracle.ARTICLE_CRITERIA, "ketamine_status"},
}


def row_id(of):
    """The name of a row, for the list of tests."""
    return TABLES[of[0]][of[1]][0] + "-" + of[0]


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


@pytest.mark.parametrize("path", VERDICTS)
def test_no_gap_no_dead_row_no_shared_input(path):
    """Every state is decided, every row decides one, no input stands in two columns; counted in two ways."""
    assert space.table_faults(path) == []
    m = machine()
    box = {c: m.mask(c, values) for c, values in space.columns(path).items()}
    assert explain.outcomes(m.tables[path], box) == list(range(len(TABLES[path]) - 1))


@pytest.mark.parametrize("path", VERDICTS)
def test_every_state_is_decided_by_the_first_row_that_reads_so(path):
    """For one state in 23 the deciding row is the first whose cells, as written in the file, hold."""
    rows = [dict(zip(TABLES[path][0], cells, strict=True)) for cells in TABLES[path][1:]]
    decided_by = space.deciders(path)
    for n, state in enumerate(space.states(path)):
        if n % 23 == 0 or len(decided_by) < 100:
            first = next(
                k
                for k, row in enumerate(rows)
                if all(row[c] == ANY or v in row[c].split("|") for c, v in state.items())
            )
            assert decided_by[n] == first, patient(space.unfold(path, state))


def test_the_number_of_states_is_what_the_columns_multiply_to():
    """Counted by hand from the specification: columns of three, four and two values."""
    c = space.counts()
    assert (c["start"], c["on"], c["article"]) == (3 * 4 * 2 * 3**8, 3 * 4 * 4 * 3**6, 3 * 3)
    assert c["book"] == 157464 + 34992
    assert c["permit"] == 12
    start, on = c["levels"]["start"], c["levels"]["on"]
    in_scope = c["start"] * 4 // 12  # adult or unknown, chronic or unknown
    assert start["OUT_OF_SCOPE"] == c["start"] - in_scope
    assert start["AVOID"] == in_scope // 3 + in_scope * 2 // 9  # a stop; else no consent
    assert start["SPECIALIST_CONSIDER"] == 2 * (3 + 1)  # other modifiers; no risk, or risk with a plan
    in_scope = c["on"] * 4 // 12
    assert on["OUT_OF_SCOPE"] == c["on"] - in_scope
    assert on["STOP_AND_ESCALATE"] == in_scope // 3
    assert on["DISCONTINUE_PLAN"] == in_scope * 2 // 3 * 5 // 9  # another stop; else not worthwhile
    assert on["CONTINUE_WITH_SAFEGUARDS"] == 3 + 1
    for path in VERDICTS:
        assert sum(c["levels"][path].values()) == c[path]


def test_a_gap_is_found_and_printed_as_a_patient(folder):
    """Without R-CRIT.c somebody with a high-risk feature and no plan finds no row, and is described."""
    rows = TABLES["start"]
    folder.write("start.csv", [row for row in rows if row[0] != "R-CRIT.c"])
    assert space.table_faults("start", folder.machine()) == [
        "start: no row decides 2 of 157464 states, e.g. other sedating medicines or alcohol: Yes; asked for "
        "supply or a session earlier than planned: Yes; causes explored and a plan agreed: No. "
        "Not known: pain may be under-treated. Everything else is reassuring."
    ]


def test_a_dead_row_is_found(folder):
    """A row behind one that takes all it matches is named."""
    rows = TABLES["on"]
    at = next(n for n, row in enumerate(rows) if row[0] == "R-ON-STOP")
    folder.write("on.csv", rows[: at + 1] + [["R-ON-STOP.b", *rows[at][1:]]] + rows[at + 1 :])
    assert space.table_faults("on", folder.machine()) == [
        "on: row R-ON-STOP.b never decides; the rows above it take all it matches."
    ]


def test_an_input_in_two_columns_is_found(folder):
    """An input added to a second checklist of the same table is named with both."""
    folder.write("items.csv", [*read("items.csv"), ["trials", "pregnant"]])
    assert "start: input pregnant stands in two columns, hard_stop and trials." in space.table_faults(
        "start", folder.machine()
    )


@pytest.mark.parametrize("path", VERDICTS)
def test_each_table_looks_at_the_inputs_of_the_specification_once(path):
    """The columns of a verdict table hold each needed input, and risk_plan, exactly once, nothing else."""
    checklists = {}
    for checklist, item in read("items.csv")[1:]:
        checklists.setdefault(checklist, []).append(item)
    columns = [c for c in TABLES[path][0] if c not in NOT_CONDITIONS]
    inputs = [i for c in columns for i in checklists.get(c, [c])]
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
        assert len(levels) > 1 or i in (
            *oracle.HIGH_RISK,
            "cns_depressant_coadministration",
            "moderate_hepatic_or_biliary_disease",
        ), i
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
    head = TABLES[path][0]
    for cells in TABLES[path][1:]:
        row = dict(zip(head, cells, strict=True))
        if row["level"] in ("SPECIALIST_CONSIDER", "CONTINUE_WITH_SAFEGUARDS"):
            open_cells = [c for c in head if row[c] == ANY]
            allowed = ["risk_plan"] if "no" in (row.get("high_risk"), row.get("behaviour")) else []
            assert open_cells == allowed, row["row"]
            unknowns = [c for c in head if c not in NOT_CONDITIONS and "unknown" in row[c]]
            assert unknowns == [], row["row"]


@pytest.mark.parametrize("of", [x for x in VERDICT_ROWS if x[0] != "article"], ids=row_id)
def test_dropping_a_row_never_lets_anyone_more_through(of, folder):
    """Without any one row no state gains ketamine: a cautious answer, or a gap that is found."""
    path, n = of
    level = TABLES[path][0].index("level")
    permits = ("SPECIALIST_CONSIDER", "CONTINUE_WITH_SAFEGUARDS")
    rows = TABLES[path][:n] + TABLES[path][n + 1 :]
    folder.write(f"{path}.csv", rows)
    through = {k for k, row in enumerate(rows[1:]) if row[level] in permits}
    before = {k for k, row in enumerate(TABLES[path][1:]) if row[level] in permits}
    was, now = space.deciders(path), space.deciders(path, folder.machine())
    gained = [k for k, (a, b) in enumerate(zip(was, now, strict=True)) if b in through and a not in before]
    assert gained == [], patient(space.unfold(path, list(space.states(path))[gained[0]]))
    assert n - 1 in was, "the row decided nobody"


# ---- the digest sees every change of a verdict table


def test_digest_sees_meaning_and_not_wording(folder):
    """A copy has the same digest, new wording and citations keep it, one checklist item less changes it."""
    same = space.digest()
    assert len(same) == 64 and digest_of(folder) == same
    folder.set("start.csv", 5, "because", "Other words.")
    folder.set("start.csv", 5, "sources", "cohen2018")
    folder.set("vocabulary.csv", 5, "question", "Another question?")
    items = read("items.csv")
    folder.write("items.csv", items[:1] + items[:0:-1])  # the order within a checklist means nothing
    assert digest_of(folder) == same
    folder.write("items.csv", [row for row in items if row != ["hard_stop", "pregnant"]])
    assert digest_of(folder) not in (same, "refused")


@pytest.mark.parametrize("of", VERDICT_ROWS, ids=row_id)
def test_changing_any_cell_changes_the_digest_or_is_refused(of, folder):
    """Each condition set to any and to each single value, the level to each other level, the id to another.

    One change of each cell goes through the file and the loader, its other changes through the compiled rows.
    """
    path, n = of
    same, model = space.digest(), folder.load()
    head, row = TABLES[path][0], TABLES[path][n]
    when = next(t for t in model["tables"] if t["name"] == path)["rows"][n - 1]["when"]
    for k, c in enumerate(head):
        if c == "level":
            choices = sorted({r[k] for r in TABLES[path][1:]})
        elif c == "row":
            choices = ["R-NEW"]
        else:
            choices = [] if c in NOT_CONDITIONS else [ANY, *machine().values[c]]
        through_the_file = True
        for cell in choices:
            if cell == row[k]:
                continue
            if through_the_file or c == "level":
                changed = [r[:] for r in TABLES[path]]
                changed[n][k] = cell
                folder.write(f"{path}.csv", changed)
                after = digest_of(folder)
            else:
                kept = when.pop(c, None)
                when.update({} if cell == ANY else {c: [cell]})
                after = space.digest(Machine(model))
                when.pop(c, None)
                when.update({} if kept is None else {c: kept})
            assert after != same, f"{row[0]}: {c} from {row[k]} to {cell} went unnoticed"
            through_the_file = False
    assert space.digest(Machine(model)) == same


@pytest.mark.parametrize("of", VERDICT_ROWS, ids=row_id)
def test_dropping_or_moving_any_row_changes_the_digest_or_is_refused(of, folder):
    """The row left out, moved a line, or moved to either end through the file; else in the compiled rows."""
    path, n = of
    same, model = space.digest(), folder.load()
    others = TABLES[path][:n] + TABLES[path][n + 1 :]
    folder.write(f"{path}.csv", others)
    assert digest_of(folder) != same, f"{row_id(of)} dropped went unnoticed"
    rows = next(t for t in model["tables"] if t["name"] == path)["rows"]
    for place in set(range(1, len(others) + 1)) - {n}:
        if place in (1, n - 1, n + 1, len(others)):
            folder.write(f"{path}.csv", others[:place] + [TABLES[path][n]] + others[place:])
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


@pytest.mark.parametrize("of", COLLECTED_ROWS, ids=row_id)
def test_every_collected_row_is_reached_and_missed_when_dropped(of, folder):
    """Somebody gets the row; without it their answer lacks exactly that; a table's only row cannot go."""
    table, n = of
    name = TABLES[table][n][0]
    in_list = "reasons" if table == "urgent" else table
    for reading in ("book", "article"):
        who = next((c for c in pool() if name in [x["row"] for x in decided(c, reading)[in_list]]), None)
        if who:
            break
    assert who, f"nobody gets {name}"
    folder.write(f"{table}.csv", TABLES[table][:n] + TABLES[table][n + 1 :])
    if len(TABLES[table]) == 2:
        with pytest.raises(KnowledgeError, match="has no rows"):
            folder.load()
        return
    before, after = decided(who, reading), folder.machine().decide(who, reading)
    assert before != after
    assert [x for x in before[in_list] if x["row"] != name] == after[in_list], patient(who)
