"""Questions, their reasons and headlines are in words that people can read, measured by a library kept by others.

The Flesch-Kincaid grade is the year of a US school in which a text can be read; a word's syllables come from the
CMU dictionary, which is a package, so nothing is downloaded.
"""

import oracle
import pytest
from textstat import flesch_kincaid_grade as grade

from decision import case_of, decide, inputs, vignettes
from decision.api import machine
from decision.wording import headline


def too_hard(texts, most):
    """The texts above a grade, with theirs, the hardest first."""
    return sorted(((round(grade(x), 1), name, x) for name, x in texts.items() if grade(x) > most), reverse=True)


def test_the_measure_tells_plain_from_hard():
    """A plain sentence is read early and a learned one late, and a word that no dictionary has does no harm."""
    assert grade("The cat sat on the mat. It was warm there.") < 3
    assert grade("Pharmacological considerations necessitate multidisciplinary deliberation, notwithstanding.") > 15
    assert grade("Same-day qwxyzzic help is near.") < 9


@pytest.mark.parametrize("column, most", [("question", 9), ("why", 10)])
def test_no_question_and_no_reason_is_too_hard(column, most):
    """Every question of the vocabulary reads at grade 9 or below, and why it is asked at grade 10 or below."""
    texts = {i: x[column] for i, x in inputs().items()}
    assert set(texts) == set(oracle.INPUTS) and all(x.endswith((".", "?")) for x in texts.values())
    assert too_hard(texts, most) == []


def test_no_headline_of_a_vignette_is_too_hard():
    """The line that sums an answer up reads at grade 12 or below for every vignette, and where all is well."""
    texts = {name: decide(x["answers"]).headline for name, x in vignettes().items()}
    texts.update({base: decide(case_of(base)).headline for base in ("start", "on")})
    assert len(texts) >= 18
    assert too_hard(texts, 12) == []


def test_the_headline_for_people_is_easier_still():
    """In the plain voice it reads at grade 10 or below, on average at least one below the other; urgent ones too."""
    cases = {name: x["answers"] for name, x in vignettes().items()} | {base: case_of(base) for base in ("start", "on")}
    urgent = {"acute_suicide_risk": "yes"}, {"acute_intoxication_or_cns_depression": "yes", "ketamine_status": "on"}
    cases |= {str(case): case for case in urgent}
    answers = {name: decide(case) for name, case in cases.items()}
    plain = {name: headline(machine(), d.to_dict(), plain=True) for name, d in answers.items()}
    assert too_hard(plain, 10) == []
    gain = [grade(d.headline) - grade(plain[name]) for name, d in answers.items()]
    assert sum(gain) / len(gain) > 1
