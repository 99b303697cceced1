import json, random, sys
sys.path.insert(0, "tests/help")
import oracle as o
E = "/work/shared/evidence/"
V = json.load(open(E + "vignettes.json")); X = json.load(open(E + "external_cases.json"))["cases"]
fg = V["field_groups"]
assert len(o.INPUTS) == 46, len(o.INPUTS)
assert {k: set(v) for k, v in fg["enums"].items()} == {k: set(v) for k, v in o.VALUES.items() if v != o.YES_NO}
r = fg["risk"]
assert set(r["hard"]) == set(o.HARD) and set(r["behaviour"]) == set(o.BEHAVIOURS) and set(r["modifier"]) == set(o.MODIFIERS)
assert set(fg["criteria"]) == set(o.CRITERIA) and set(fg["additions"]) == {*o.ADDITIONS, "risk_plan"}
assert set(r["ontreat"]) == set(o.FINDINGS) and set(r["alt"]) == set(o.ALTERNATIVE_HAZARDS)
assert set(o.ON_STOPS) | set(o.ON_ENDS) == {*o.URGENT, *o.HARD, *o.DIVERSION} and not set(o.ON_STOPS) & set(o.ON_ENDS)
assert len(o.NEEDED_START) == len(set(o.NEEDED_START)) == 37 and len(o.NEEDED_ON) == len(set(o.NEEDED_ON)) == 30
bad = 0
for v in V["vignettes"]:
    c, e = v["inputs_full"], v["expected"]
    assert set(c) == set(o.INPUTS) and all(c[i] in o.VALUES[i] for i in c), (v["id"], set(c) ^ set(o.INPUTS))
    b = o.book(c)
    ok = (b["level"], b["urgent"]) == (e["level"], e["urgent"]) and set(e.get("cautions_include", [])) <= b["cautions"] and set(e.get("notes_include", [])) <= b["notes"] and set(e.get("missing_include", [])) <= b["missing"]
    bad += not ok; print(v["id"], c["age_group"], b["level"], b["rule"], o.article_level(c), "" if ok else "BAD")
for x in X:
    assert all(v in o.VALUES[i] for i, v in x["inputs"].items()), x["id"]
    c = {**o.UNKNOWN, **x["inputs"]}; b = o.book(c)
    ok = (b["level"], b["urgent"]) == (x["level"], x["urgent"]) and set(x["want_cautions"]) <= b["cautions"]
    ok &= not any("taper" in t for t in x["ban_text"]) or o.no_taper(c)
    bad += not ok; print(x["id"], b["level"], b["rule"], "" if ok else "BAD")
print(len(V["vignettes"]), len(X), "bad", bad)
# invariants, sampled
rng = random.Random(1); n = 0
STOPS = (*o.URGENT, *o.HARD, *o.DIVERSION)
RISK = (*STOPS, *o.MODIFIERS, *o.BEHAVIOURS, *o.FINDINGS)
for _ in range(300000):
    c = dict(rng.choice((o.GOOD_START, o.GOOD_ON, o.UNKNOWN)))
    for i in rng.sample(o.INPUTS, rng.randint(0, 7)): c[i] = rng.choice(o.VALUES[i])
    p = "on" if c["ketamine_status"] == "on" else "start"; R = o.RANKS[p]
    rk = lambda i, v: R[o.verdict({**c, i: v})[0]]
    i = rng.choice(RISK); a, u, y = (rk(i, v) for v in ("no", "unknown", "yes"))
    assert a >= y and a >= u, (i, c)
    hard = (*STOPS, "abnormal_lfts") if p == "start" else STOPS
    if i in hard: assert a >= u >= y, (i, c)
    i = rng.choice((*o.CRITERIA, *o.ADDITIONS, "risk_plan")); assert rk(i, "yes") >= rk(i, "unknown") >= rk(i, "no"), (i, c)
    L = o.verdict(c)[0]
    for i in ("pain_type", "pain_undertreated_suspected", *o.ALTERNATIVE_HAZARDS):
        assert {o.verdict({**c, i: v}) for v in o.VALUES[i]} == {(o.verdict(c))}
    assert len({o.verdict({**c, "age_group": v}) for v in o.ADULT}) == 1
    if L in ("SPECIALIST_CONSIDER", "CONTINUE_WITH_SAFEGUARDS"): assert not o.missing(c); n += 1
    if L == "OUT_OF_SCOPE": assert not o.alternatives(c)
    else: assert len(o.alternatives(c)) == 9
    if p == "on" and L != "OUT_OF_SCOPE" and o.urgent(c): assert L == "STOP_AND_ESCALATE"
    if L == "STOP_AND_ESCALATE": assert "R-SG-ESC" in o.safeguards(c)
    for h in o.INPUTS:
        if o.VALUES[h] == o.YES_NO and rng.random() < .1:
            k = [o.cautions({**c, h: v}) for v in ("no", "unknown", "yes")]; assert k[0] <= k[1] <= k[2], h
for cse in (o.GOOD_START, o.GOOD_ON): print(o.book(cse))
assert o.verdict(o.UNKNOWN) == ("DEFER", "R-UNK") and o.missing(o.UNKNOWN) == set(o.NEEDED_START)
print("let through", n)
