"""No text gives an amount: the one net catches cunning wordings and lets ages, dates, counts and shares pass."""

import pytest
from copies import ROOT

from decision import load
from decision.dose import dose_in, doses
from decision.reader import KnowledgeError

AMOUNTS = """
40 milligrams | 20 micrograms | per kg | 0.5 mg/kg | half a milligram | forty milligrams | 40–60 mg | 40 MG
per-kg | 1 mg·kg⁻¹ | mg kg⁻¹ | mg per day | milligrams a day | 2 tablets | two tablets a day
a tablet twice a day | 1/2 tablet | ½ tablet | half a tablet | 10 drops | several drops | one puff
three lozenges | 5 ml | 5 mL | 20 cc | 3 µg | 3 μg | 2 g | 0.1 mg kg-1 h-1 | 100 units | one hundred units
100 IU | a 50-mg dose | a 5% solution | ketamine cream 10 % | 0.9% saline | 10% topical cream
10 percent ketamine gel | 0.5mg/kg | 40-60 / 24 h | 40-60mg/24hrs | so much per kilogram | 15 per kilo
“40 mg” | ‘40 mg’ | '3 mg' | **40** mg | 40&nbsp;mg | ４０ mg | 40 ㎎ | 0,5 mg | forty-five micrograms
a few milligrams | a quarter of a gram | mcg/kg/min | ml per hour | 5 per hour | 2/day | 40 mgs
40 milli-grams | 40 to 60 milligrammes | twenty to thirty milligrams
""".replace("\n", "|").split("|")  # fmt: skip
INNOCENT = """
18 or over | 24 hours after | 2018 | CRPS type 1 | 9 of 10 people | 95 % confidence interval | three sessions
per cent | grade B | 12 weeks | and/or | 5 of 29 gaps | aged 25 to 64 | 85% of people | 0.6% of the visits
188/112 | 24/7 | 11/24 | a 46-year-old man | a day or two | 11 weeks pregnant | one point
two infusions a week | twice a day | half an hour | 10 mm | 10 drop-outs | a drop in mood
two units of the hospital | one in five | a high dose | a person of 70 kg | a tablet | a cream
a third of people | 85% used creams | one spray-painted wall | two groups | one program | one of two grammars
40 goals | R-ON-HOLD.b | grade 2 gains | stage 3 u-turn | 60 minutes | half of them | within a quarter
the dose went up | 30 patients
""".replace("\n", "|").split("|")  # fmt: skip


@pytest.mark.parametrize(
    "text", [*filter(None, map(str.strip, AMOUNTS)), "40\u202fmg", "40\u2011mg", "4\u200b0 mg", "4\u00ad0 mg", "40\nmg"]
)
def test_an_amount_is_found_however_it_is_worded(text):
    """Digits or words, any space or dash, singly or within a sentence, by weight or by time."""
    assert dose_in(text), text
    assert dose_in(f"Then {text} were given, and more later."), text


@pytest.mark.parametrize("text", filter(None, map(str.strip, INNOCENT)))
def test_what_is_no_amount_passes(text):
    """Ages, dates, counts of people, shares, intervals and scores."""
    assert dose_in(text) == "", text
    assert dose_in(f"Then {text}, as was said.") == "", text


def test_each_amount_is_given_once_and_with_its_place():
    """The place is that in the text as written, whatever was folded before it."""
    text = "ﬁrst – 0.5 mg/kg per hour, then 20 mg"
    assert list(doses(text)) == [(7, "0.5 mg/kg per hour"), (32, "20 mg")]


def test_a_cell_with_an_amount_does_not_load(tmp_path):
    """The package refuses a folder in which a rule gives a dose in words."""
    import shutil

    shutil.copytree(ROOT / "decision/knowledge", tmp_path / "knowledge")
    path = tmp_path / "knowledge/rules/notes.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("reassess pain", "give half a tablet and reassess pain", 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="“half a tablet” looks like a dose"):
        load(tmp_path / "knowledge")
