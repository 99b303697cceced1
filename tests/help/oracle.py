"""The specification once more, in plain ifs, written from ``decision/SPECIFICATION.md`` without looking at the tables.

Slow, long and literal on purpose: it shares no code and no data with ``decision``, so that a slip in a
table and the same slip in the specification would have to be made twice. It follows the second edition, marked (2)
there, and reads from it which inputs belong together, so that they are written down once outside the tables.
"""

import re
from pathlib import Path

SPECIFICATION = (Path(__file__).resolve().parents[2] / "decision/SPECIFICATION.md").read_text(encoding="utf-8")


def named(kind, part=0):
    """The inputs of one line of section 2, in ``part`` of it: semicolons part it, brackets explain, ``and`` joins."""
    line = re.search(rf"^- {kind}[^:\n]*: (.+)$", SPECIFICATION, re.M)[1]
    while line != (line := re.sub(r"\s*\([^()]*\)", "", line)):
        pass
    found = tuple(
        re.sub(r"^\W*(?:and|on the start path also) ", "", x.strip()) for x in line.split(";")[part].split(",")
    )
    assert all(re.fullmatch("[a-z_]+", x) for x in found), f"SPECIFICATION.md, section 2, “{kind}”: {found}"
    return found


# Section 2 of the second edition: the inputs.
YES_NO = ("yes", "no", "unknown")
URGENT, HARD, MODIFIERS, BEHAVIOURS = named("urgent"), named("hard"), named("modifier"), named("behaviour")
DIVERSION, ABNORMAL = named("hard", 1), named("hard", 2)
ARTICLE_CRITERIA, CRITERIA = named("article criteria"), named("article criteria") + ("nonpharmacological_tried",)
ADDITIONS = named("additions")
ALTERNATIVE_HAZARDS = named("hazards")
FINDINGS = (*ABNORMAL, "cognitive_decline")
HIGH_RISK = (*BEHAVIOURS, "adherence_concerns", "psychiatric_comorbidity", "past_sud_in_remission")

# What stops by itself: before a start; on treatment the same day, or with a plan; and where a taper is no help.
START_STOPS = (*URGENT, *HARD, *ABNORMAL, *DIVERSION)
ON_STOPS = (*URGENT, "active_psychosis_or_mania", "known_hypersensitivity", "bp_rise_hazard", "raised_icp_or_iop")
ON_ENDS = tuple(i for i in (*HARD, *DIVERSION) if i not in ON_STOPS)  # R-ON-DISC: any other
NO_TAPER = ("known_hypersensitivity", "bp_rise_hazard", "raised_icp_or_iop", "pregnant")

ADULT = ("adult", "young_adult", "older_adult")
ELSEWHERE = ("acute_or_perioperative", "cancer_or_palliative", "psychiatric_treatment")
VALUES = {
    "age_group": (*ADULT, "minor", "unknown"),
    "setting": ("chronic_noncancer", *ELSEWHERE, "unknown"),
    "ketamine_status": ("not_on", "on", "unknown"),
    "pain_type": ("neuropathic", "musculoskeletal", "crps", "other_primary", "other", "unknown"),
}
VALUES.update(dict.fromkeys((*URGENT, *HARD, *DIVERSION, *MODIFIERS, *BEHAVIOURS, *CRITERIA, *ADDITIONS), YES_NO))
VALUES.update(dict.fromkeys(("risk_plan", *ALTERNATIVE_HAZARDS, "functional_benefit", *FINDINGS), YES_NO))
VALUES["pain_undertreated_suspected"] = YES_NO
INPUTS = tuple(VALUES)

# What each input says when it raises no concern; the kind of pain, and whether it is under-treated, are neutral.
REASSURING = {"age_group": "adult", "setting": "chronic_noncancer", "ketamine_status": "not_on"}
REASSURING.update(dict.fromkeys((*START_STOPS, *FINDINGS, *MODIFIERS, *BEHAVIOURS, *ALTERNATIVE_HAZARDS), "no"))
REASSURING.update(dict.fromkeys((*CRITERIA, *ADDITIONS, "risk_plan", "functional_benefit"), "yes"))

UNKNOWN = dict.fromkeys(INPUTS, "unknown")
GOOD_START = {**UNKNOWN, **REASSURING, "pain_undertreated_suspected": "no", "pain_type": "neuropathic"}
GOOD_ON = {**GOOD_START, "ketamine_status": "on"}

# Section 3: the inputs each path needs, apart from risk_plan, which is needed only where it counts.
NEEDED_START = ("age_group", "setting", "ketamine_status", *START_STOPS, *MODIFIERS, *BEHAVIOURS, *CRITERIA, *ADDITIONS)
NEEDED_ON = ("age_group", "setting", *ON_STOPS, *ON_ENDS, *BEHAVIOURS, *FINDINGS, "urinary_symptoms")
NEEDED_ON += ("functional_benefit", "benefit_exceeds_risk", "monitoring_program", *ADDITIONS)
RANKS = {
    "start": {"OUT_OF_SCOPE": 0, "AVOID": 0, "DEFER": 1, "ALTERNATIVES_FIRST": 1, "SPECIALIST_CONSIDER": 2},
    "on": {
        "OUT_OF_SCOPE": 0,
        "STOP_AND_ESCALATE": 0,
        "DISCONTINUE_PLAN": 1,
        "HOLD_AND_REASSESS": 2,
        "CONTINUE_WITH_SAFEGUARDS": 3,
    },
}


def any_is(case, names, *values):
    """Whether any of these inputs has one of these values."""
    return any(case[name] in values for name in names)


def out_of_scope(case):
    """R-SCOPE: a minor, acute or perioperative, cancer or palliative, ketamine for a psychiatric condition."""
    return case["age_group"] == "minor" or case["setting"] in ELSEWHERE


def missing(case):
    """Every needed input of the path that is unknown."""
    if case["ketamine_status"] == "on":
        out = [i for i in NEEDED_ON if case[i] == "unknown"]
        plan_counts = any_is(case, BEHAVIOURS, "yes")
    else:
        out = [i for i in NEEDED_START if case[i] == "unknown"]
        plan_counts = any_is(case, HIGH_RISK, "yes")
    if plan_counts and case["risk_plan"] == "unknown":
        out.append("risk_plan")
    return set(out)


def start(case):
    """Level and deciding rule for someone who is not, or not known to be, on ketamine."""
    if out_of_scope(case):
        return "OUT_OF_SCOPE", "R-SCOPE"
    if any_is(case, START_STOPS, "yes"):
        return "AVOID", "R-HARD"
    if case["capacity_and_consent"] == "no":
        return "AVOID", "R-CONSENT"
    if case["first_line_trials_failed"] == "no" or case["nonpharmacological_tried"] == "no":
        return "ALTERNATIVES_FIRST", "R-ALT"
    if missing(case):
        return "DEFER", "R-UNK"
    if any_is(case, CRITERIA + ADDITIONS, "no"):
        return "ALTERNATIVES_FIRST", "R-CRIT"
    if any_is(case, HIGH_RISK, "yes") and case["risk_plan"] == "no":
        return "ALTERNATIVES_FIRST", "R-CRIT"
    return "SPECIALIST_CONSIDER", "R-CONS"


def on(case):
    """Level and deciding rule for someone on ketamine now."""
    if out_of_scope(case):
        return "OUT_OF_SCOPE", "R-SCOPE"
    if any_is(case, ON_STOPS, "yes"):
        return "STOP_AND_ESCALATE", "R-ON-STOP"
    if any_is(case, ON_ENDS, "yes"):
        return "DISCONTINUE_PLAN", "R-ON-DISC"
    if case["functional_benefit"] == "no" or case["benefit_exceeds_risk"] == "no":
        return "DISCONTINUE_PLAN", "R-ON-DISC"
    if any_is(case, BEHAVIOURS, "yes") and case["risk_plan"] != "yes":
        return "HOLD_AND_REASSESS", "R-ON-HOLD"
    if any_is(case, ("abnormal_lfts", "cognitive_decline", "urinary_symptoms"), "yes"):
        return "HOLD_AND_REASSESS", "R-ON-HOLD"
    if case["monitoring_program"] == "no" or any_is(case, ADDITIONS, "no"):
        return "HOLD_AND_REASSESS", "R-ON-HOLD"
    if missing(case):
        return "HOLD_AND_REASSESS", "R-ON-UNK"
    return "CONTINUE_WITH_SAFEGUARDS", "R-ON-CONT"


def verdict(case):
    """Level and deciding rule in the book reading."""
    return on(case) if case["ketamine_status"] == "on" else start(case)


def article_level(case):
    """Level in the article reading, which knows four criteria."""
    if case["ketamine_status"] == "on":
        return "ARTICLE_DOES_NOT_SAY"
    if any_is(case, ARTICLE_CRITERIA, "no"):
        return "ALTERNATIVES_FIRST"
    if any_is(case, ARTICLE_CRITERIA, "unknown"):
        return "ARTICLE_DOES_NOT_SAY"
    return "ARTICLE_MAY_BE_CONSIDERED"


def urgent(case):
    """R-URG."""
    return any_is(case, URGENT, "yes")


def stops(case):
    """The inputs at yes behind R-HARD, or behind R-ON-STOP or else R-ON-DISC: these are cited, and no others."""
    if case["ketamine_status"] != "on":
        return {i for i in START_STOPS if case[i] == "yes"}
    return {i for i in ON_STOPS if case[i] == "yes"} or {i for i in ON_ENDS if case[i] == "yes"}


def escalates(case):
    """On ketamine with an input of R-ON-STOP: the stop-and-escalate safeguard, out of scope too."""
    return case["ketamine_status"] == "on" and any_is(case, ON_STOPS, "yes")


def no_taper(case):
    """On ketamine with something in which nothing in the answer may speak of a taper."""
    return case["ketamine_status"] == "on" and any_is(case, NO_TAPER, "yes")


# R-CAU-*: the inputs that call for each caution at yes or unknown; the SNRI pair is gap 20.
POISONING = ("overdose_risk", "acute_suicide_risk")
LIVER = ("severe_hepatic_disease", "moderate_hepatic_or_biliary_disease")
CAUTION_HAZARDS = {
    "gabapentinoid": (
        *("psychiatric_comorbidity", "active_sud", "past_sud_in_remission", "diversion_or_nonprescribed_use"),
        *("cns_depressant_coadministration", "acute_intoxication_or_cns_depression", "respiratory_risk"),
        *POISONING,
    ),
    "tca": POISONING,
    "snri": (
        *POISONING,
        *LIVER,
        *("active_psychosis_or_mania", "bp_rise_hazard", "cns_depressant_coadministration", "active_sud"),
    ),
    "snri_suicidality": POISONING,
    "nsaid": ("nsaid_risk", "pregnant", "bp_rise_hazard", "severe_hepatic_disease"),
    "acetaminophen": ("acetaminophen_risk", *POISONING, *LIVER, "abnormal_lfts"),
    "cns_depressant": ("cns_depressant_coadministration",),
    "respiratory": ("respiratory_risk",),
    "hepatic_biliary": ("moderate_hepatic_or_biliary_disease", "abnormal_lfts"),
    "urinary": ("urinary_symptoms",),
}
# Those that call for it at yes only, and the ages; an age nobody asked about may be one of them.
CAUTION_AT_YES = {"tca": ("active_psychosis_or_mania", "bp_rise_hazard")}
CAUTION_AGES = {
    "tca": ("young_adult", "older_adult", "unknown"),
    "snri": ("young_adult", "unknown"),
    "snri_suicidality": ("young_adult", "unknown"),
    "nsaid": ("older_adult", "unknown"),
}


def hazards(case, caution):
    """The inputs through which a caution applies to this person."""
    out = {i for i in CAUTION_HAZARDS[caution] if case[i] in ("yes", "unknown")}
    out |= {i for i in CAUTION_AT_YES.get(caution, ()) if case[i] == "yes"}
    return out | ({"age_group"} if case["age_group"] in CAUTION_AGES.get(caution, ()) else set())


def cautions(case):
    """The ids of R-CAU-*."""
    return {"benzodiazepine_not_routine", *(name for name in CAUTION_HAZARDS if hazards(case, name))}


# The options of the article's section on alternatives, and the cautions that go with each.
OPTION_CAUTIONS = {
    "acetaminophen": ("acetaminophen",),
    "nsaid": ("nsaid",),
    "topical": ("nsaid",),
    "gabapentinoid": ("gabapentinoid",),
    "snri": ("snri", "snri_suicidality"),
    "tca": ("tca",),
    **dict.fromkeys(("exercise", "psychological"), ()),
}


def alternatives(case):
    """Each option exactly once in scope, none hidden by a hazard, whatever the kind of pain; none out of scope."""
    return [] if out_of_scope(case) else sorted(OPTION_CAUTIONS)


def option_cautions(case, option):
    """The ids of the cautions that this option carries for this person."""
    return cautions(case) & set(OPTION_CAUTIONS[option])


def notes(case):
    """The ids of R-NOTE-PAIN, R-NOTE-FIND and R-NOTE-BEH."""
    out = set()
    if case["pain_undertreated_suspected"] != "no":
        out.add("reassess_pain_care")
    if case["objective_findings"] != "yes":
        out.add("absence_of_findings_is_not_absence_of_pain")
    if any_is(case, BEHAVIOURS, "yes", "unknown"):
        out.add("behaviours_need_differential_not_label")
    return out


def safeguards(case):
    """The safeguard rules that apply: by level, by path, and one for each high-risk characteristic."""
    out = set()
    if verdict(case)[0] == "SPECIALIST_CONSIDER":
        out.add("R-SG-CONS")
    if case["ketamine_status"] == "on":
        out.add("R-SG-ON")
    if escalates(case):
        out.add("R-SG-ESC")
    if any_is(case, BEHAVIOURS, "yes"):
        out.add("R-SG-BEH")
    if case["adherence_concerns"] == "yes":
        out.add("R-SG-ADH")
    if case["psychiatric_comorbidity"] == "yes":
        out.add("R-SG-PSY")
    if case["past_sud_in_remission"] == "yes":
        out.add("R-SG-SUD")
    return out


def monitored(case):
    """Whether monitoring is listed."""
    return verdict(case)[0] in ("SPECIALIST_CONSIDER", "CONTINUE_WITH_SAFEGUARDS", "HOLD_AND_REASSESS")


def yes_no_unknown(case, names):
    """Yes if any is yes, no only if all are no, else unknown."""
    if any_is(case, names, "yes"):
        return "yes"
    return "unknown" if any_is(case, names, "unknown") else "no"


def risk(case):
    """The article's four characteristics."""
    return {
        "behaviours": yes_no_unknown(case, BEHAVIOURS),
        "adherence": yes_no_unknown(case, ["adherence_concerns"]),
        "psychiatric": yes_no_unknown(case, ["psychiatric_comorbidity", "active_psychosis_or_mania"]),
        "substance_use": yes_no_unknown(case, ["active_sud", "past_sud_in_remission"]),
    }


def book(case):
    """Everything above for the book reading, as one answer to compare."""
    level, rule = verdict(case)
    return {
        "level": level,
        "rule": rule,
        "urgent": urgent(case),
        "missing": missing(case),
        "risk": risk(case),
        "cautions": cautions(case),
        "notes": notes(case),
        "safeguards": safeguards(case),
        "monitored": monitored(case),
        "alternatives": alternatives(case),
    }


def article(case):
    """The article reading: its level, urgency, the benzodiazepine caution and a warning, nothing else."""
    return {
        "level": article_level(case),
        "urgent": urgent(case),
        "risk": risk(case),
        "missing": {i for i in (*ARTICLE_CRITERIA, "ketamine_status") if case[i] == "unknown"},
        "cautions": {"benzodiazepine_not_routine"},
        "notes": {"article_reading_warning"},
        "safeguards": set(),
        "monitored": False,
        "alternatives": [],
    }
