"""Figures of `hejie understand` and `hejie filter` on labelled sets. Standard library only."""
import json, os, subprocess, sys

exe, data = sys.argv[1], sys.argv[2]


def rows(*path):
    name = os.path.join(data, *path)
    if not os.path.exists(name):
        return []
    with open(name, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def run(cmd, requests):
    text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in requests)
    p = subprocess.run([exe, cmd], input=text, capture_output=True, text=True, timeout=600)
    out = [json.loads(line) for line in p.stdout.splitlines()]
    if len(out) != len(requests):
        sys.exit(f"{cmd}: {len(out)} answers for {len(requests)} lines\n{p.stderr[-2000:]}")
    return out


def share(n, of):
    return f"{n}/{of} = {n / of:.3f}" if of else "none"


def intents():
    r = rows("debtor-intents-zh", "labelled.dev.jsonl")
    out = run("understand", [{"id": x["id"], "text": x["text"]} for x in r])
    key = next((k for k in ("primary", "intent", "label") if r and k in r[0]), None)
    if key:
        ok = lambda x, o: set([x[key]] + list(x.get("secondary") or [])) & set((o.get("intents") or [None])[:1])
        print("debtor-intents-zh main intent (label names as they stand):", share(sum(bool(ok(x, o)) for x, o in zip(r, out)), len(r)))
    q = rows("debtor-questions-zh", "questions.dev.jsonl")
    out = run("understand", [{"id": x["id"], "text": x["text"]} for x in q])
    print("debtor-questions-zh self_harm alarms:", share(sum("self_harm" in o.get("intents", []) for o in out), len(q)))


def amounts():
    r = rows("real-amounts-zh", "sentences.dev.jsonl")
    out = run("understand", [{"id": x["id"], "text": x["text"]} for x in r])
    want = got = 0
    for x, o in zip(r, out):
        have = [e["value"] for e in o.get("entities", []) if e["kind"] == "money"]
        values = [h.get("minor", h.get("value")) if isinstance(h, dict) else h for h in have]
        for e in x["entities"]:
            if "ambiguous" in e.get("flags", []) or isinstance(e["value"], list):
                continue
            want += 1
            got += round(e["value"] * 100) in values
    print("real-amounts-zh exact:", share(got, want))


def verdicts(folder, file, bad, lang=None):
    r = rows(folder, file)
    if not r:
        return
    req = [{"id": x["id"], "text": x["text"], "lang": x.get("lang", lang), "sender": "agent", "channel": "web", "verified": True} for x in r]
    out = run("filter", req)
    stopped = [o.get("verdict") in ("hold", "block", "rewrite") for o in out]
    pos = [s for s, x in zip(stopped, r) if bad(x)]
    neg = [s for s, x in zip(stopped, r) if not bad(x)]
    print(f"{folder} {file}: stopped of bad {share(sum(pos), len(pos))}; stopped of good {share(sum(neg), len(neg))}")


intents()
amounts()
verdicts("collection-messages", "messages.dev.jsonl", lambda x: x["label"] == "violating")
verdicts("cold", "zh-test.dev.jsonl", lambda x: x.get("fine") == "attack_individual")
verdicts("hatecheck-zh", "zh.dev.jsonl", lambda x: x.get("threat") == 1)
verdicts("hatecheck-en", "en.dev.jsonl", lambda x: x.get("threat") == 1)
