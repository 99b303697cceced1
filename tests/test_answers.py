"""What an answer says, typed by hand from the tables: here words are compared with words, not with themselves."""

import oracle
import pytest
from bs4 import BeautifulSoup

from decision import NOTICE, audit, case_of, decide, what_if
from decision.api import as_html

SECTIONS = [
    "Reasons:",
    "Alternatives, as guidelines see them for this kind of pain:",
    "Safeguards:",
    "Monitoring:",
    "Cautions:",
    "Notes:",
    "Other care, whatever the level:",
]
OPTIONS = SECTIONS[1]
CARE = SECTIONS[-1]
ROWS = "For maintainers:"  # the last lines: the level and the rows by name


def lines(case, **more):
    """The answer as it is printed, line by line."""
    return str(decide(case, **more)).splitlines()


def section(said, title):
    """The lines under a title, up to the empty line."""
    rest = [*said[said.index(title) + 1 :], ""]
    return rest[: rest.index("")]


def starts(said, *words):
    """The one line that begins so."""
    found = [x for x in said if x.startswith(words)]
    assert len(found) == 1, (words, found)
    return found[0]


def test_when_nobody_has_asked_anything():
    """All unknown: not yet, why, each caution with what has not been ruled out, what is not known yet, and the rows."""
    said = lines({})
    assert said[0] == "Not yet: questions are open"
    assert said[1] == (
        "Not yet, questions are open: acute suicide risk, acute intoxication or depressed consciousness and others "
        "not known. These are asked next, and other care goes on."
    )
    assert said[2:4] == ["Not enough is known to consider ketamine. Unknown is never read as safe.", ""]
    assert section(said, "Reasons:") == [
        "- The age group is not known. The kind of care is not known. Whether the person is on ketamine is not "
        "known. A hard stop has not been ruled out. Capacity and consent have not been settled. What has been tried "
        "is not known. Whether a high-risk feature is present is not known. Whether a modifier of risk is present is "
        "not known. A condition of the article is unanswered. A condition of this book is unanswered."
    ]
    assert section(said, OPTIONS)[:2] == [
        "- Paracetamol (acetaminophen), uncertain: The kind of pain is not known, and it decides whether this fits. "
        "With this person, see the caution: Paracetamol (acetaminophen).",
        "- NSAID by mouth, uncertain: The kind of pain is not known, and it decides whether this fits. With this "
        "person, see the caution: NSAID.",
    ]
    assert section(said, OPTIONS)[-2:] == [
        "- Exercise and physical therapy, uncertain: Signs such as new weakness, fever or a recent injury are looked "
        "for first. The kind of pain is not known, and it decides whether this fits.",
        "- Psychological therapy, uncertain: The kind of pain is not known, and it decides whether this fits.",
    ]
    assert starts(said, "- Tricyclic antidepressant: ") == (
        "- Tricyclic antidepressant: Dangerous in overdose, even from a small supply: weigh other options, check the "
        "heart, and limit what is held at home. Up to age 24 its label carries a boxed warning of suicidal thoughts: "
        "plan an early review. For people of 65 and over the Beers list says to avoid most of this class. (overdose "
        "risk: Not known; acute suicide risk: Not known; age group: Not known)"
    )
    unknown = section(said, "Not known yet:")
    assert unknown[:5] == [
        "- acute suicide risk",
        "- acute intoxication or depressed consciousness",
        "- age group",
        "- kind of care",
        "- ketamine status",
    ]
    assert {"- steady mental state", "- past harm after ketamine", "- unexplained abnormal liver tests"} <= set(unknown)
    assert not {"- agreed plan for what is present", "- kind of pain", "- functional benefit"} & set(unknown)
    assert said[said.index(unknown[-1]) + 1 :] == [
        "",
        "Education only, not advice about a person. Not yet reviewed by a clinician. No dose is ever given.",
        "",
        "For maintainers:",
        "- DEFER (book, start)",
        "- Reasons: R-UNK.a",
        "- Alternatives: R-ALTS-ACETAMINOPHEN.e, R-ALTS-NSAID.e, R-ALTS-GABAPENTINOID.f, R-ALTS-SNRI.f, R-ALTS-TCA.f, "
        "R-ALTS-TOPICAL.f, R-ALTS-EXERCISE.f, R-ALTS-PSYCHOLOGICAL.f",
        "- Cautions: R-CAU-BZD, R-CAU-GABA, R-CAU-TCA.a, R-CAU-SNRI.a, R-CAU-SNRI.b, R-CAU-NSAID.a, R-CAU-APAP, "
        "R-CAU-CNS, R-CAU-RESP, R-CAU-HEP, R-CAU-URI",
        "- Notes: R-NOTE-PAIN, R-NOTE-FIND, R-NOTE-BEH",
        "- Other care: R-CARE-SIGNS, R-CARE-ACTIVE, R-CARE-PSYCH, R-CARE-DIAG, R-CARE-FOLLOW",
    ]


def test_what_is_urgent_comes_first():
    """Hard to rouse and suicidal on treatment: first the emergency, then the help, then the level."""
    said = lines(case_of("on", "acute_suicide_risk=yes acute_intoxication_or_cns_depression=yes"))
    assert said[:5] == [
        "URGENT: THIS IS AN EMERGENCY. Call emergency services now. Someone intoxicated, unusually drowsy or hard to "
        "rouse is not left alone.",
        "URGENT: GET HELP TODAY. Call emergency services or a crisis line, or arrange a same-day assessment; after an "
        "overdose or an attempt, call emergency services at once.",
        "Stop and get help today",
        "Urgent. Stop and get help today: acute suicide risk and acute intoxication or depressed consciousness. Call "
        "emergency services now and stay with the person. Give no more ketamine, and arrange an assessment the same "
        "day.",
        "No more ketamine now; emergency help or same-day assessment.",
    ]
    assert section(said, "Reasons:")[0] == (
        "- A reason to stop at once is present. Acute suicide risk: yes. Acute "
        "suicide risk needs same-day help before any elective treatment is weighed. Acute intoxication or depressed "
        "consciousness: yes. Each of these is an emergency of its own. Ketamine adds to sedation and to the risk of "
        "slowed breathing."
    )
    assert section(said, "Safeguards:")[0] == (
        "- Stop and escalate: Give no more ketamine. Someone hard to rouse or intoxicated needs emergency medical help "
        "now. For suicide risk, emergency or same-day mental-health assessment."
    )
    assert [x.split(":")[0] for x in section(said, CARE)[:3]] == [
        "- Help today",
        "- Ketamine in a suicidal crisis is another question",
        "- Signs to act on first",
    ]
    assert starts(said, "- Ketamine in a suicidal crisis") == (
        "- Ketamine in a suicidal crisis is another question: Whether ketamine or esketamine has a place in that "
        "emergency is for the psychiatric team and is not touched by this answer."
    )


def test_two_stops_and_what_they_change_elsewhere():
    """Pregnant, with an active use disorder: each is named with its reason, treatment is offered, cautions say why."""
    said = lines(case_of("start", "pregnant=yes active_sud=yes pain_type=neuropathic"))
    assert said[:3] == [
        "Avoid ketamine",
        "Avoid ketamine: pregnancy and active substance use disorder. Pain care goes on by other means, with maternity "
        "care involved. Treatment of the use disorder is offered, with pain care in the same plan.",
        "Something entered makes ketamine unsafe or not agreed to. Pain care goes on by other means.",
    ]
    assert section(said, "Reasons:") == [
        "- Ketamine is not started, nor given again where it is already in use; other care goes on. Pregnancy: yes. "
        "The consensus guideline lists pregnancy as a relative contraindication. Not knowing is never read as not "
        "pregnant. Active substance use disorder: yes. The consensus guideline lists active substance misuse as a "
        "relative contraindication; some trials test ketamine to treat it, so a stop is this book's cautious teaching "
        "choice. It opens the way to care for the disorder and closes nothing else."
    ]
    assert starts(said, "- NSAID: ").endswith(
        " The FDA advises against it from about 20 weeks of pregnancy. (pregnancy: Yes)"
    )
    assert starts(said, "- Gabapentin or pregabalin: ").endswith(
        " in the US pregabalin is also labelled for fibromyalgia. (active substance use disorder: Yes)"
    )
    assert starts(said, "- Gabapentin or pregabalin, ") == (
        "- Gabapentin or pregabalin, supported: NICE’s nerve pain guideline offers it as one of four first choices, "
        "and the pain specialists of NeuPSIG are strongly for it; the gain is modest. Sciatica is apart: NICE says not "
        "to offer it there. With this person, see the caution: Gabapentin or pregabalin."
    )
    assert section(said, CARE)[:2] == [
        "- Offer addiction treatment: Offer evidence-based treatment of the substance use disorder, with pain care in "
        "the same plan.",
        "- Maternity and perinatal mental-health care: Bring in maternity care, and perinatal mental-health care where "
        "there is a mental disorder; each pain medicine is looked at again for pregnancy.",
    ]
    assert "Safeguards:" not in said and "Monitoring:" not in said and "Not known yet:" not in said
    assert section(said, ROWS)[:2] == ["- AVOID (book, start)", "- Reasons: R-HARD"]
    assert section(said, ROWS)[3:5] == [
        "- Cautions: R-CAU-BZD, R-CAU-GABA, R-CAU-SNRI.a, R-CAU-NSAID.a",
        "- Notes: R-NOTE-PAIN",
    ]
    assert section(said, ROWS)[-1].startswith("- Other care: R-CARE-SUD, R-CARE-PREG, ")


@pytest.mark.parametrize(
    "pairs, headline, why",
    [
        (
            "past_ketamine_harm=yes",
            "Avoid ketamine: past harm after ketamine. Pain care goes on by other means, with the team that knows what "
            "happened then.",
            "Past harm after ketamine: yes. One published case tells of relapse after ketamine was given again, and "
            "liver injury has been reported with a second course. Treating any such past harm as a stop is this book's "
            "teaching choice.",
        ),
        (
            "abnormal_lfts=yes",
            "Avoid ketamine: unexplained abnormal liver tests. The cause of the liver tests is looked for, and pain "
            "care goes on.",
            "Unexplained abnormal liver tests: yes. Liver and bile-duct injury has followed repeated ketamine. Before "
            "a start, find the cause; on treatment, a cholestatic pattern means pause and investigate.",
        ),
        (
            "diversion_or_nonprescribed_use=yes",
            "Avoid ketamine: diversion or use of ketamine not prescribed. Help is offered without blame, and pain care "
            "goes on.",
            "Use outside treatment makes the supply unsafe to add to; it calls for help, not for blame.",
        ),
    ],
)
def test_a_stop_before_a_start_says_what_it_is_and_what_is_done(pairs, headline, why):
    """What ketamine did before, liver tests nobody explained, diversion: named, cited from itself, with a next step."""
    said = lines(case_of("start", pairs))
    assert said[:2] == ["Avoid ketamine", headline]
    (reason,) = section(said, "Reasons:")
    assert reason.startswith(
        "- Ketamine is not started, nor given again where it is already in use; other care goes on."
    )
    assert reason.endswith(why)


def test_help_after_diversion_is_named_without_blame():
    """What may be behind it comes first, then what can be offered."""
    said = lines(case_of("start", "diversion_or_nonprescribed_use=yes"))
    assert section(said, CARE)[0] == (
        "- Help without blame: Ask what is behind it: pain that is not met, debt, pressure from others, no safe place "
        "to store medicines. Offer safe storage and the return of what is not needed, talk about the danger of an "
        "overdose at home, and an addiction service if wanted."
    )


def test_a_refusal_is_a_decision():
    """Somebody who says no is answered as a person who decided; nothing else is held against them."""
    said = lines(case_of("start", "capacity_and_consent=no"))
    assert said[:2] == [
        "Avoid ketamine",
        "Avoid ketamine: no capacity and informed consent. The person is supported to decide, and other care goes on.",
    ]
    assert section(said, "Reasons:")[0].startswith(
        "- Without capacity and consent an elective off-label trial cannot be offered. Where the person can weigh it "
        "and says no, that is the decision and other care goes on. Where they cannot weigh it now, look for the cause, "
        "the same day if it is new, and support them to decide."
    )
    said = lines(case_of("on", "capacity_and_consent=no"))
    assert said[0] == "Hold and reassess"
    assert section(said, CARE)[0] == (
        "- A refusal, or a new inability to decide: Where the person can weigh it and says no, treatment ends with "
        "support. A new inability to weigh it needs its cause looked for the same day."
    )


def test_when_other_care_has_not_been_tried():
    """Neither kind of alternative tried: both are named, and what fits this pain; no pain is called less real."""
    said = lines(case_of("V12"))
    assert said[:2] == [
        "Alternatives first",
        "Alternatives first: no fair trials of first-line treatments and no fair trial of non-drug treatment. Other "
        "treatment comes first, and the options below say what fits this pain.",
    ]
    assert section(said, "Reasons:")[0] == (
        "- Suitable first-line or non-drug treatment has not yet had a fair trial. Fair trials of first-line "
        "treatments: no. Ketamine is considered only after suitable treatments have had a fair trial. Fair trial of "
        "non-drug treatment: no. Exercise and psychological therapy are the safer options. They also have the clearer "
        "support in guidelines."
    )
    assert section(said, OPTIONS) == [
        "- Paracetamol (acetaminophen), not supported: NICE says not to start it for chronic primary pain, and counts "
        "CRPS and fibromyalgia there. The European list of treatments for fibromyalgia does not have it.",
        "- NSAID by mouth, not supported: NICE says not to start one for chronic primary pain, and counts CRPS and "
        "fibromyalgia there. The European list of treatments for fibromyalgia does not have it.",
        "- Gabapentin or pregabalin, uncertain: Sources disagree. NICE would not start it; the European fibromyalgia "
        "guideline is weakly for pregabalin, and in the US pregabalin is labelled for fibromyalgia, gabapentin not. "
        "This book reads it as a medicine for nerve pain only. With this person, see the caution: Gabapentin or "
        "pregabalin.",
        "- SNRI (duloxetine or venlafaxine), supported: NICE says that duloxetine can be tried; it does not name "
        "venlafaxine. The European guideline on fibromyalgia is weakly for duloxetine, and its US label names that use."
        " A large Cochrane review is said to trust it most of all such drugs.",
        "- Tricyclic antidepressant, supported: NICE names amitriptyline as one to consider, and the European "
        "fibromyalgia guideline is weakly for it. A large Cochrane review is reported to doubt the trials.",
        "- On the skin: NSAID gel, lidocaine or capsaicin, not supported: Numbing drugs are on NICE’s list of what not "
        "to start for chronic primary pain, and the European list for fibromyalgia has none of the three. Ketamine on "
        "the skin is another matter: a trial in nerve pain found no gain over placebo.",
        "- Exercise and physical therapy, supported: Signs such as new weakness, fever or a recent injury are looked "
        "for first. NICE offers exercise in a group, led by a trained person. In the European guideline on "
        "fibromyalgia it is the one treatment that is strongly backed.",
        "- Psychological therapy, supported: NICE says that talking therapy of two kinds can be tried: cognitive "
        "behavioural (CBT) and acceptance-based (ACT). The European guideline on fibromyalgia is weakly for CBT.",
    ]
    assert starts(said, "- Pain can be real without findings: ") == (
        "- Pain can be real without findings: A report of pain is to be respected. The criterion limits ketamine only "
        "and never any other care."
    )
    assert starts(said, "- Ask why and remove barriers: ") == (
        "- Ask why and remove barriers: Ask what makes treatment hard to keep to and help with it: transport, "
        "reminders, cost, memory. No ketamine is taken home."
    )


def test_a_past_overdose_at_nineteen():
    """V14 wants the same tricyclic: it is shown as what guidelines support, beside what makes it dangerous here."""
    said = lines(case_of("V14"))
    assert starts(said, "- Tricyclic antidepressant, ").endswith(
        "With this person, see the caution: Tricyclic antidepressant."
    )
    assert starts(said, "- Tricyclic antidepressant: ") == (
        "- Tricyclic antidepressant: Dangerous in overdose, even from a small supply: weigh other options, check the "
        "heart, and limit what is held at home. Up to age 24 its label carries a boxed warning of suicidal thoughts: "
        "plan an early review. (overdose risk: Yes; age group: Young adult, 18 to 24)"
    )
    assert starts(said, "- SNRI (duloxetine or venlafaxine), ").endswith(
        "With this person, see the caution: SNRI; SNRI and suicidality."
    )
    assert starts(said, "- SNRI and suicidality: ") == (
        "- SNRI and suicidality: The boxed warning on antidepressants is about suicidal thoughts in children and young "
        "adults, up to age 24. In overdose venlafaxine is one of the more dangerous newer ones. Plan an early review "
        "and a small supply. (overdose risk: Yes; age group: Young adult, 18 to 24)"
    )


def test_a_mind_not_yet_steady_waits():
    """All else favourable, weeks after a ward: a condition of this book is not met, and other care goes on."""
    said = lines(case_of("start", "mental_state_steady=no"))
    assert said[:2] == [
        "Alternatives first",
        "Alternatives first: no steady mental state. Other care goes on while this is settled.",
    ]
    assert section(said, "Reasons:") == [
        "- A condition that this book adds is not met. Steady mental state: no. The label reports psychiatric events "
        "that came or lasted days to weeks after ketamine. Asking for steady weeks first is this book's teaching "
        "choice."
    ]


def test_when_specialists_may_consider_it():
    """The most permissive answer of a start: to consider is not to recommend, and every section is there in order."""
    said = lines(case_of("V18"))
    assert said[0] == "May be considered by specialists"
    assert said[1].startswith(
        "May be considered by specialists: capacity and informed consent, fair trials of first-line treatments and "
    )
    assert said[1].endswith(
        " more in place. Taken into account: other sedating medicines or alcohol, moderate liver or bile-duct disease "
        "and psychiatric comorbidity. Next, all meet to talk over a trial that is off-label, supervised and has an "
        "end date."
    )
    assert said[2] == (
        "A joint specialist discussion of a supervised, time-limited, off-label trial is open. To consider is not to "
        "recommend."
    )
    assert [x for x in said if x in SECTIONS] == SECTIONS
    assert section(said, "Safeguards:")[:2] == [
        "- Supervised sessions only: Every session is given by trained staff with monitoring, rescue equipment and an "
        "escort home.",
        "- Nothing taken home: No ketamine is supplied for use at home, on schedule or as needed.",
    ]
    assert section(said, "Cautions:")[0].startswith(
        "- Benzodiazepine: not routine: The article would add a benzodiazepine for everyone. This book does not"
    )
    assert starts(said, "- Hepatobiliary disease: ") == (
        "- Hepatobiliary disease: Liver and bile-duct injury follow repeated ketamine in some people: check ALP and "
        "GGT early and often. Abnormal tests, or tests not known, are explained first, with a liver or medical team "
        "where needed. (moderate liver or bile-duct disease: Yes)"
    )
    assert starts(said, "- Off-label: ").endswith("is off-label: the label covers anaesthesia only.")
    assert starts(said, "- Evidence is uncertain: ") == (
        "- Evidence is uncertain: For this kind of pain the consensus of 2018 found weak evidence or none; the "
        "Cochrane review of August 2025, read in part and otherwise second-hand, found no clear evidence of meaningful "
        "benefit."
    )
    assert starts(lines(case_of("V17")), "- Evidence is uncertain: ").startswith(
        "- Evidence is uncertain: The consensus of 2018 found moderate evidence for CRPS; the Cochrane review"
    )


def test_breathing_is_watched_with_ketamine_itself():
    """Sleep apnoea: the level stays, and the caution says what the session needs."""
    said = lines(case_of("V17", "respiratory_risk=yes"))
    assert said[0] == "May be considered by specialists"
    assert starts(said, "- Breathing: ") == (
        "- Breathing: Ketamine sedates, and oxygen can fall. Lung disease, sleep apnoea or another breathing risk is "
        "present or not ruled out: the session needs oxygen monitoring and someone trained to keep an airway open. "
        "Sleep apnoea is this book’s addition. (respiratory risk: Yes)"
    )


def test_a_behaviour_on_treatment_is_described_and_not_judged():
    """Asked early, no plan known, worse since a fall: a pause, a reason that asks why, and nobody is dropped."""
    said = lines(case_of("V20"))
    assert said[:3] == [
        "Hold and reassess",
        "Hold and reassess: asked for supply or a session earlier than planned and conversation keeps returning to one "
        "medicine; agreed plan for what is present not known. Hold the next session, look for the causes and agree a "
        "plan with the person.",
        "The next session waits until what was found or is not known has been looked into.",
    ]
    assert section(said, "Reasons:")[0].startswith(
        "- A behaviour was seen, and it is not recorded that its causes were explored and a plan agreed with the "
        "person. Asked for supply or a session earlier than planned: yes. Pain out of control, tolerance, withdrawal, "
        "a supply problem or misuse can all lead to it. In one clinic study, most people had at least one such "
        "behaviour on record. Conversation keeps returning to one medicine: yes. This one is in the eye of the "
        "beholder and severe pain can produce it."
    )
    assert starts(said, "- No one is dropped: ") == (
        "- No one is dropped: Whatever is decided about ketamine, the person keeps a clinician and is offered other "
        "pain care."
    )
    assert starts(said, "- A differential, not a label: ").endswith("Carry no label forward.")
    assert section(said, "Not known yet:") == ["- agreed plan for what is present"]


def test_when_treatment_goes_on_and_when_it_ends():
    """A good course goes on to its end date; without gain in function it ends by a plan, and a taper is planned."""
    said = lines(case_of("on"))
    assert said[0] == "Continue with safeguards"
    assert said[1].startswith(
        "Continue with safeguards: functional benefit, written judgement that benefit exceeds risk and "
    )
    assert said[1].endswith(" more in place. Go on to the end date, with the safeguards below.")
    assert said[2] == "Treatment may run its defined course, monitored, to its end date."
    assert section(said, "Reasons:") == [
        "- Function is better, nothing harmful was found, the programme stands and no question this path needs is open."
    ]
    assert "- Keep the end date: The course has an end date; going past it is a new decision." in said
    said = lines(case_of("on", "functional_benefit=no"))
    assert said[:2] == [
        "Plan a supported stop",
        "Plan a supported stop: no functional benefit. Plan a supported end with the person; other pain care goes on.",
    ]
    assert section(said, "Reasons:") == [
        "- The treatment no longer earns its risk. Functional benefit: no. A "
        "treatment that does not improve what a person can do has no reason to continue."
    ]
    assert starts(said, "- Watch for withdrawal, craving and mood: ") == (
        "- Watch for withdrawal, craving and mood: When sessions are paused or end, ask about withdrawal, craving, "
        "mood and suicidal thoughts. Sources differ on how often withdrawal occurs. Where use has been frequent, plan "
        "any taper with the treating team."
    )


@pytest.mark.parametrize(
    "pairs, level, headline, safeguard",
    [
        (
            "known_hypersensitivity=yes",
            "Stop and get help today",
            "Stop and get help today: known hypersensitivity to ketamine. Give no more ketamine, and arrange an "
            "assessment the same day.",
            "- Stop and escalate: Give no more ketamine. For an allergic reaction, a blood-pressure or heart hazard, "
            "or raised pressure in the head or eye, medical assessment the same day; an emergency call where it is "
            "severe.",
        ),
        (
            "active_psychosis_or_mania=yes",
            "Stop and get help today",
            "Stop and get help today: active psychosis or mania. Give no more ketamine, and arrange an assessment the "
            "same day.",
            "- Stop and escalate: Give no more ketamine. For psychosis or mania, same-day psychiatric assessment.",
        ),
        (
            "pregnant=yes",
            "Plan a supported stop",
            "Plan a supported stop: pregnancy. Pain care goes on by other means, with maternity care involved.",
            "- Pregnancy on treatment: No more ketamine is given. Bring in maternity care now, and perinatal "
            "mental-health care where there is a mental disorder.",
        ),
    ],
)
def test_what_stops_treatment_at_once(pairs, level, headline, safeguard):
    """No more ketamine, help the same day or maternity care now; a taper only where stopping slowly does no harm."""
    said = lines(case_of("on", pairs))
    assert said[:2] == [level, headline]
    assert safeguard in section(said, "Safeguards:")
    watch = starts(said, "- Watch for withdrawal, craving and mood: ")
    assert watch.startswith(
        "- Watch for withdrawal, craving and mood: When sessions are paused or end, ask about withdrawal, craving, "
        "mood and suicidal thoughts. Sources differ on how often withdrawal occurs."
    )
    assert ("taper" in "\n".join(said)) is ("taper" in watch) is (pairs == "active_psychosis_or_mania=yes")
    assert "Monitoring:" not in said


def test_what_is_at_home_is_asked_about():
    """On treatment without supervised sessions: nothing is stopped at once without advice, and no more is supplied."""
    said = lines(case_of("on", "supervised_administration=no"))
    assert said[:2] == [
        "Hold and reassess",
        "Hold and reassess: no supervised administration. Hold the next session until this is in place; where the "
        "person says no, treatment ends with support.",
    ]
    assert section(said, CARE)[0] == (
        "- What is at home: Ask what supply is at home and keep it locked away from others. Someone who uses it every "
        "day gets advice before stopping, and no more is supplied."
    )


@pytest.mark.parametrize(
    "pairs, headline, reason, care",
    [
        (
            "age_group=minor",
            "Outside this model: under 18. A paediatric pain service decides.",
            "- People under 18 are outside this model. ",
            "- Paediatric pain service: Ask a paediatric pain service.",
        ),
        (
            "setting=cancer_or_palliative",
            "Outside this model: cancer or palliative care. The palliative or cancer pain team decides, today where "
            "pain is bad.",
            "- Cancer and palliative pain follow palliative guidance; ask that team today. ",
            "- Palliative care team: Ask the palliative or cancer pain team today; pain there is treated without "
            "delay.",
        ),
        (
            "setting=psychiatric_treatment",
            "Outside this model: ketamine or esketamine for a psychiatric condition. The psychiatric team that gives "
            "it decides.",
            "- Ketamine or esketamine given for depression or another psychiatric condition follows psychiatric "
            "guidance, not a pain table. ",
            "- The psychiatric team: Ask the psychiatric team that gives ketamine or esketamine; whether it goes on is "
            "decided there. Its own pain care is a question beside it.",
        ),
    ],
)
@pytest.mark.parametrize("base", ["start", "on"])
def test_outside_the_model_somebody_else_decides(base, pairs, headline, reason, care):
    """A minor, palliative care, a psychiatric condition: who decides instead is the first thing said and offered."""
    said = lines(case_of(base, pairs))
    meaning = "This book does not decide here; another kind of care does."
    if base == "on":
        meaning += " Do not stop treatment without advice, unless a line below says to stop and escalate."
    assert said[:3] == ["Outside this model", headline, meaning]
    assert section(said, "Reasons:")[0].startswith(reason)
    assert section(said, CARE)[0] == care
    assert OPTIONS not in said and not decide(case_of(base, pairs)).alternatives


def test_outside_the_model_what_stops_is_still_said():
    """Esketamine for depression, and voices heard today: that team decides, and no more ketamine till then."""
    said = lines(case_of("on", "setting=psychiatric_treatment active_psychosis_or_mania=yes"))
    assert said[0] == "Outside this model"
    assert section(said, "Safeguards:")[0] == (
        "- Stop and escalate: Give no more ketamine. For psychosis or mania, same-day psychiatric assessment."
    )
    assert section(said, CARE)[0].startswith("- Treat psychosis or mania now: Same-day psychiatric assessment;")


def test_the_article_s_reading_says_what_it_is():
    """A pregnant, suicidal woman passes the article's list: help comes first, and a warning says what is missed."""
    said = lines(case_of("start", "pregnant=yes acute_suicide_risk=yes"), reading="article")
    assert said[0].startswith("URGENT: GET HELP TODAY. Call emergency services or a crisis line")
    assert said[1:3] == [
        "ARTICLE READING, for learning only: the article's four criteria and nothing else.",
        "The article lets this case through",
    ]
    assert said[3].startswith("Urgent: acute suicide risk. The article lets this case through: fair trials of first-")
    assert said[3].endswith(
        " in place. Get help today: emergency services, a crisis line or a same-day assessment. For learning only, and "
        "no advice."
    )
    assert said[4] == (
        "The article's four criteria are met. It asks nothing about pregnancy, blood pressure, psychosis, consent or "
        "urgency."
    )
    assert section(said, "Reasons:")[0] == (
        "- All four of the article's criteria are met, and it asks for nothing more."
    )
    assert [x.split(": ")[0] for x in section(said, "Cautions:")] == ["- Benzodiazepine"]
    assert section(said, "Notes:") == [
        "- Article reading: for learning only: This reading asks only the article's four criteria. It does not look "
        "for pregnancy, dangerous blood pressure, psychosis, consent or urgency, and is never advice."
    ]
    assert "Safeguards:" not in said and "Monitoring:" not in said and OPTIONS not in said


def test_the_items_of_an_answer_carry_what_they_rest_on():
    """In data as in words: a reason, a caution and an option have their rule, their sources and what is behind them."""
    first = decide({**oracle.GOOD_START, "bp_rise_hazard": "yes"}).reasons[0]
    assert (first.rule, first.row, first.id, first.title, first.origin) == (
        "R-HARD",
        "R-HARD",
        "R-HARD",
        "",
        "addition",
    )
    assert first.because_of == [["bp_rise_hazard", "yes"]]
    assert first.sources == ["pfizer_pi", "cohen2018", "spravato_pi"]
    assert first.claims == ["consider-only-when-all"]
    assert first.certainty == "label contraindication; consensus grade B, low certainty"
    assert "where that would be a serious hazard the label says not to use it" in first.text
    d = decide({**oracle.GOOD_START, "urinary_symptoms": "yes"})
    caution = next(x for x in d.cautions if x.id == "urinary")
    assert (caution.rule, caution.title) == ("R-CAU-URI", "Urinary symptoms") and caution.claims == []
    assert caution.sources == ["label_schein", "anderson2022", "fpm_case41"]
    assert caution.because_of == [["urinary_symptoms", "yes"]]
    d = decide({**oracle.GOOD_START, "age_group": "older_adult", "overdose_risk": "yes"})
    tca = next(x for x in d.cautions if x.id == "tca")
    assert tca.because_of == [["overdose_risk", "yes"], ["age_group", "older_adult"]]
    assert tca.sources == ["tca_overdose", "woolf2007", "mckenzie2007", "white2008", "nelson2017", "ags_beers2023"]
    assert tca.certainty == "poison-centre data; small supply seen second-hand; expert list, read in a copy"
    option = next(x for x in d.alternatives if x.id == "tca")
    assert (option.rule, option.row, option.fit, option.origin) == (
        "R-ALTS-TCA",
        "R-ALTS-TCA.a",
        "supported",
        "article",
    )
    assert option.cautions == ["tca"] and option.because_of == [["pain_type", "neuropathic"]]
    assert option.sources == ["nice_cg173", "neupsig2025", "birkinshaw2023"] and option.claims == ["alt-tca"]


@pytest.mark.parametrize(
    "answer",
    [
        decide(),
        decide(oracle.GOOD_START, reading="article"),
        decide(acute_suicide_risk="yes", pregnant="yes"),
        what_if(rows_out={"start": ["R-CONSENT"]}).decide(oracle.GOOD_START),
        audit("article"),
        audit(oracle.INPUTS),
    ],
    ids=["unknown", "article", "urgent", "tried", "audit", "audit of all"],
)
def test_as_the_last_line_of_a_cell_an_answer_folds_and_says_the_same(answer):
    """Each list under its title, the first open; every word of the text once, in order; colours and scripts: none."""
    page = BeautifulSoup(answer._repr_html_(), "html.parser")
    assert [x.rstrip(":") for x in page.stripped_strings] == [
        x.removeprefix("- ").rstrip(":") for x in str(answer).splitlines() if x
    ]
    assert {x.name for x in page.find_all(True)} <= {"div", "p", "strong", "details", "summary", "ul", "li"}
    assert {k for x in page.find_all(True) for k in x.attrs} <= {"open"}
    lists = page.find_all("ul")
    assert all(x.parent.name == "details" for x in lists)
    assert [x.parent.has_attr("open") for x in lists] == [n == 0 for n in range(len(lists))]
    assert page.find("p", string=NOTICE).find_parent("details") is None


def test_what_stands_in_an_answer_is_never_read_as_markup():
    """A sign for less, or an ampersand, is shown as it is."""
    assert as_html("a < b & c.\n\nd:\n- <e>") == (
        "<div><p><strong>a &lt; b &amp; c.</strong></p>"
        "<details open><summary>d</summary><ul><li>&lt;e></li></ul></details></div>"
    )
