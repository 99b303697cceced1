"""What an answer says, typed by hand from the tables: here words are compared with words, not with themselves."""

import oracle
import pytest

from decision import case_of, decide

SECTIONS = ["Reasons:", "Safeguards:", "Monitoring:", "Cautions:", "Notes:", "Other care, whatever the level:"]


def lines(case, **more):
    """The answer as it is printed, line by line."""
    return str(decide(case, **more)).splitlines()


def section(said, title):
    """The lines under a title, up to the empty line."""
    rest = said[said.index(title) + 1 :]
    return rest[: rest.index("")]


def starts(said, *words):
    """The one line that begins so."""
    found = [x for x in said if x.startswith(words)]
    assert len(found) == 1, (words, found)
    return found[0]


def test_when_nobody_has_asked_anything():
    """All unknown: not yet, why, each caution with what has not been ruled out, and what is not known yet."""
    said = lines({})
    assert said[:3] == [
        "Not yet: questions are open [DEFER]",
        "Not enough is known to consider ketamine. Unknown is never read as safe.",
        "",
    ]
    assert section(said, "Reasons:") == [
        "- The age group is not known. The kind of pain care is not known. Whether the person is on ketamine is not "
        "known. A hard stop has not been ruled out. Capacity and consent have not been settled. What has been tried "
        "is not known. Whether a high-risk feature is present is not known. Whether a modifier of risk is present is "
        "not known. A criterion of the article is still open. An addition of this book is still open. [R-UNK]"
    ]
    assert starts(said, "- Tricyclic antidepressant: ") == (
        "- Tricyclic antidepressant: Dangerous in overdose, even from a small supply; weigh other options, check the "
        "heart, and limit what is held at home. (overdose risk: Not known; acute suicide risk: Not known) [R-CAU-TCA]"
    )
    unknown = section(said, "Not known yet:")
    assert unknown[:3] == [
        "- acute suicide risk",
        "- acute intoxication or depressed consciousness",
        "- ketamine status",
    ]
    assert unknown[-1] == "- joint specialist review" and "- causes explored and a plan agreed" not in unknown
    assert said[-1] == (
        "Education only, not advice about a person. Not yet reviewed by a clinician. No dose is ever given."
    )


def test_what_is_urgent_comes_first():
    """Hard to rouse and suicidal on treatment: first the emergency, then the help, then the level."""
    said = lines(case_of("on", "acute_suicide_risk=yes acute_intoxication_or_cns_depression=yes"))
    assert said[:4] == [
        "URGENT: THIS IS AN EMERGENCY. Call emergency services now. Someone intoxicated, unusually drowsy or hard to "
        "rouse is not left alone.",
        "URGENT: GET HELP TODAY. Call emergency services or a crisis line, or arrange a same-day assessment; after an "
        "overdose or an attempt, call emergency services at once.",
        "Stop and get help today [STOP_AND_ESCALATE]",
        "No more ketamine now; emergency help or same-day assessment.",
    ]
    assert section(said, "Reasons:")[0].endswith(
        "Acute intoxication or depressed consciousness: yes. Intoxication or depressed consciousness is an emergency "
        "of its own, and ketamine adds to sedation and respiratory depression. [R-ON-STOP]"
    )
    assert section(said, "Safeguards:")[0] == (
        "- Stop and escalate: Give no more ketamine. Someone hard to rouse or intoxicated needs emergency medical help "
        "now; otherwise arrange emergency or same-day mental-health assessment. [R-SG-ESC]"
    )
    assert section(said, "Other care, whatever the level:")[0].startswith("- Help today: Hard to rouse, struggling")


def test_two_stops_and_what_they_change_elsewhere():
    """Pregnant, with an active use disorder: each is named with its reason, treatment is offered, cautions say why."""
    said = lines(case_of("start", "pregnant=yes active_sud=yes"))
    assert said[:2] == [
        "Avoid ketamine [AVOID]",
        "Something entered makes ketamine unsafe or not agreed to. Pain care goes on by other means.",
    ]
    assert section(said, "Reasons:") == [
        "- A hard stop is present, so ketamine is not started, nor given again where it is already in use; other care "
        "goes on. Pregnancy: yes. The consensus guideline lists pregnancy as a relative contraindication; not knowing "
        "is never read as not pregnant. Active substance use disorder: yes. The consensus guideline lists active "
        "substance misuse as a relative contraindication; some trials study ketamine as a treatment for it, so this "
        "is a cautious teaching choice. It opens treatment for the disorder and closes nothing else. [R-HARD]"
    ]
    assert starts(said, "- NSAID: ").endswith(" says not to start one. (pregnancy: Yes) [R-CAU-NSAID]")
    assert starts(said, "- Gabapentin or pregabalin: ").endswith(
        " after a specific look at both. (active substance use disorder: Yes) [R-CAU-GABA]"
    )
    assert section(said, "Other care, whatever the level:")[0] == (
        "- Offer addiction treatment: Offer evidence-based treatment of the substance use disorder, with pain care in "
        "the same plan. [R-CARE-SUD]"
    )
    assert "Safeguards:" not in said and "Monitoring:" not in said and "Not known yet:" not in said


def test_a_refusal_is_a_decision():
    """Somebody who says no is answered as a person who decided; nothing else is held against them."""
    said = lines(case_of("start", "capacity_and_consent=no"))
    assert said[0] == "Avoid ketamine [AVOID]"
    assert section(said, "Reasons:")[0].startswith(
        "- Without capacity and consent an elective off-label trial cannot be offered. Where the person can weigh it "
        "and says no, that is the decision and other care goes on."
    )


def test_when_other_care_has_not_been_tried():
    """Neither kind of alternative tried: both are named; nobody is told that their pain is less real."""
    said = lines(case_of("V12"))
    assert said[0] == "Alternatives first [ALTERNATIVES_FIRST]"
    assert section(said, "Reasons:")[0] == (
        "- Suitable first-line or non-drug treatment has not yet had a fair trial. Fair trials of first-line "
        "treatments: no. Ketamine is considered only after suitable treatments have had a fair trial. Non-drug "
        "treatment tried: no. Exercise and psychological therapy have the better safety profile and the clearer "
        "guideline support. [R-ALT]"
    )
    assert starts(said, "- Pain can be real without findings: ") == (
        "- Pain can be real without findings: A report of pain is to be respected. The criterion limits ketamine only "
        "and never any other care. [R-NOTE-FIND]"
    )
    assert starts(said, "- Ask why and remove barriers: ").startswith(
        "- Ask why and remove barriers: Ask what makes treatment hard to keep to and help with it: transport, reminders"
    )


def test_when_specialists_may_consider_it():
    """The most permissive answer of a start: to consider is not to recommend, and every section is there in order."""
    said = lines(case_of("V18"))
    assert said[:2] == [
        "May be considered by specialists [SPECIALIST_CONSIDER]",
        "A joint specialist discussion of a supervised, time-limited, off-label trial is open. To consider is not to "
        "recommend.",
    ]
    assert [x for x in said if x in SECTIONS] == SECTIONS
    assert section(said, "Safeguards:")[:2] == [
        "- Supervised sessions only: Every session is given by trained staff with monitoring, rescue equipment and an "
        "escort home. [R-SG-CONS]",
        "- Nothing taken home: No ketamine is supplied for use at home, on schedule or as needed. [R-SG-CONS]",
    ]
    assert section(said, "Cautions:")[0].startswith(
        "- Benzodiazepine: not routine: The article would add a benzodiazepine for everyone. This book does not"
    )
    assert starts(said, "- Hepatobiliary disease: ") == (
        "- Hepatobiliary disease: Liver and bile-duct injury follow repeated ketamine in some people: check ALP and "
        "GGT early and often. (moderate liver or bile-duct disease: Yes) [R-CAU-HEP]"
    )
    assert starts(said, "- Off-label: ").endswith("is off-label: the label covers anaesthesia only. [R-NOTE-OFFLABEL]")


def test_a_behaviour_on_treatment_is_described_and_not_judged():
    """Asked early, no plan known, worse since a fall: a pause, a reason that asks why, and nobody is dropped."""
    said = lines(case_of("V20"))
    assert said[:2] == [
        "Hold and reassess [HOLD_AND_REASSESS]",
        "The next session waits until what was found or is not known has been looked into.",
    ]
    assert section(said, "Reasons:")[0].startswith(
        "- A behaviour was seen, and it is not recorded that its causes were explored and a plan agreed with the "
        "person. Asked for supply or a session earlier than planned: yes. Uncontrolled pain, tolerance, withdrawal, a "
        "supply problem or misuse can all lead to it;"
    )
    assert starts(said, "- No one is dropped: ") == (
        "- No one is dropped: Whatever is decided about ketamine, the person keeps a clinician and is offered other "
        "pain care. [R-SG-ON]"
    )
    assert starts(said, "- A differential, not a label: ").endswith("Carry no label forward. [R-NOTE-BEH]")
    assert section(said, "Not known yet:") == ["- causes explored and a plan agreed"]


def test_when_treatment_goes_on_and_when_it_ends():
    """A good course goes on to its end date; without gain in function it ends by a plan."""
    said = lines(case_of("on"))
    assert said[:2] == [
        "Continue with safeguards [CONTINUE_WITH_SAFEGUARDS]",
        "Treatment may run its defined course, monitored, to its end date.",
    ]
    assert section(said, "Reasons:") == [
        "- Function is better, nothing harmful was found, the programme stands and no question this path needs is "
        "open; go on to the end date. [R-ON-CONT]"
    ]
    assert "- Keep the end date: The course has an end date; going past it is a new decision. [R-SG-ON]" in said
    said = lines(case_of("on", "functional_benefit=no"))
    assert said[0] == "Plan a supported stop [DISCONTINUE_PLAN]"
    assert section(said, "Reasons:") == [
        "- The treatment no longer earns its risk; bring it to a planned and supported end. Functional benefit: no. A "
        "treatment that does not improve what a person can do has no reason to continue. [R-ON-DISC]"
    ]


@pytest.mark.parametrize(
    "pairs, reason, care",
    [
        (
            "age_group=minor",
            "- People under 18 are outside this model; paediatric pain services decide. ",
            "- Paediatric pain service: Ask a paediatric pain service. [R-CARE-MINOR]",
        ),
        (
            "setting=cancer_or_palliative pregnant=yes",
            "- Cancer and palliative pain follow palliative guidance; ask that team today. ",
            "- Palliative care team: Ask the palliative or cancer pain team today; pain there is treated without "
            "delay. [R-CARE-PALL]",
        ),
    ],
)
def test_outside_the_model_somebody_else_decides(pairs, reason, care):
    """A minor, or somebody in palliative care: who decides instead is the first thing said and offered."""
    said = lines(case_of("start", pairs))
    assert said[:2] == [
        "Outside this model [OUT_OF_SCOPE]",
        "This book does not decide here; another kind of care does.",
    ]
    assert section(said, "Reasons:")[0].startswith(reason)
    assert section(said, "Other care, whatever the level:")[0] == care


def test_the_article_s_reading_says_what_it_is():
    """A pregnant, suicidal woman passes the article's list: help comes first, and a warning says what is missed."""
    said = lines(case_of("start", "pregnant=yes acute_suicide_risk=yes"), reading="article")
    assert said[0].startswith("URGENT: GET HELP TODAY. Call emergency services or a crisis line")
    assert said[1:4] == [
        "ARTICLE READING, for learning only: the article's four criteria and nothing else.",
        "The article lets this case through [ARTICLE_MAY_BE_CONSIDERED]",
        "The article's four criteria are met. It asks nothing about pregnancy, blood pressure, psychosis, consent or "
        "urgency.",
    ]
    assert section(said, "Reasons:")[0] == (
        "- All four of the article's criteria are met, and it asks for nothing more. [R-ART-MAY]"
    )
    assert [x.split(": ")[0] for x in section(said, "Cautions:")] == ["- Benzodiazepine"]
    assert section(said, "Notes:") == [
        "- Article reading: for learning only: This reading asks only the article's four criteria. It does not look "
        "for pregnancy, dangerous blood pressure, psychosis, consent or urgency, and is never advice. [R-ART-WARN]"
    ]
    assert "Safeguards:" not in said and "Monitoring:" not in said


def test_the_items_of_an_answer_carry_what_they_rest_on():
    """In data as in words: a reason and a caution have their rule, their sources and the answers behind them."""
    first = decide({**oracle.GOOD_START, "bp_rise_hazard": "yes"}).reasons[0]
    assert (first.rule, first.row, first.id, first.title, first.origin) == (
        "R-HARD",
        "R-HARD",
        "R-HARD",
        "",
        "addition",
    )
    assert first.because_of == [["bp_rise_hazard", "yes"]]
    assert {"cohen2018", "pfizer_pi", "spravato_pi"} <= set(first.sources)
    assert (
        "Ketamine raises blood pressure; where that would be a serious hazard the label contraindicates it"
        in first.text
    )
    caution = next(x for x in decide({**oracle.GOOD_START, "urinary_symptoms": "yes"}).cautions if x.id == "urinary")
    assert (caution.rule, caution.title) == ("R-CAU-URI", "Urinary symptoms") and caution.claims == []
    assert caution.sources == ["label_schein", "anderson2022", "fpm_case41"]
    assert caution.because_of == [["urinary_symptoms", "yes"]]
