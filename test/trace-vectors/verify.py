"""Verifies a Countersign trace. Python 3, standard library only, written from docs/trace-format.md and nothing else.
Usage: verify.py TRACE [--checkpoint FILE] [--key KEY]
It prints {"valid", "line", "reason"}: `line` is the first bad one, from 1, or null. It exits with 0 or 6.
It checks all of trace-format.md but `step`, the members of `actor`, and which fields `data` has. Ed25519 is in ed25519.py beside it.
"""
import base64, hashlib, json, os, re, sys
from decimal import Decimal
from ed25519 import signed

LIMIT, DIGEST = 16 * 1024 * 1024, re.compile(r"sha256:[0-9a-f]{64}\Z")
COMMON = "actor data event hash mono prev run seq step time v".split()
EVENTS = """run.opened step.entered step.skipped step.left branch iteration joined called retry model.request model.response proposed
    authorized gate.opened decided gate.closed task.opened task.done intent executed notified budget resumed recovered
    outcome.unknown modified escalated withheld undone review.requested killed run.closed""".split()
LARGE = {  # where blobs may belong
    "step.left": ["output"], "branch": ["value"], "iteration": ["item"], "called": ["inputs"],
    "model.request": ["system", "input"], "model.response": ["text", "output", "calls/*/arguments"], "proposed": ["call/arguments"],
    "gate.opened": ["evidence/*/value", "calls/*/arguments"], "task.opened": ["fields", "call/arguments"], "notified": ["undo/arguments"],
    "modified": ["changes/*/arguments", "before/*/arguments", "after/*/arguments"],
    "task.done": ["output"], "executed": ["result"], "run.closed": ["verdict"]}
class Bad(Exception): pass
def need(condition, reason):
    if not condition: raise Bad(reason)
def sha(data): return "sha256:" + hashlib.sha256(data).hexdigest()
def number(x):  # as ECMAScript writes a double
    if x == 0: return "0"
    need(abs(x) != float("inf"), "a number has no canonical form")
    sign, digits, exp = Decimal(repr(x)).as_tuple()
    n, d = len(digits) + exp, "".join(map(str, digits)).rstrip("0")
    k = len(d)
    if k <= n <= 21: text = d + "0" * (n - k)
    elif 0 < n <= 21: text = d[:n] + "." + d[n:]
    elif -6 < n <= 0: text = "0." + "0" * -n + d
    else: text = d[0] + ("." + d[1:] if k > 1 else "") + "e" + ("+" if n > 0 else "-") + str(abs(n - 1))
    return "-" + text if sign else text
def canonical(value, depth=0):  # RFC 8785
    need(depth <= 160, "nested too deep")
    if isinstance(value, float): return number(value)
    if isinstance(value, (bool, str)) or value is None: return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list): return "[" + ",".join(canonical(x, depth + 1) for x in value) + "]"
    order = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(canonical(m) + ":" + canonical(value[m], depth + 1) for m in order) + "}"
def parse(raw):  # numbers become doubles, as in JavaScript
    def constant(_): raise Bad("no JSON")
    try: value = json.loads(raw.decode("utf-8"), parse_int=float, parse_constant=constant)
    except (ValueError, RecursionError): raise Bad("no JSON")
    need(canonical(value).encode("utf-8", "surrogatepass") == raw, "not canonical")
    return value
def places(value, pattern):
    if not pattern: return [[]]
    names = [pattern[0]] if pattern[0] != "*" else list(range(len(value))) if isinstance(value, list) else []
    inside = lambda n: isinstance(n, int) or (isinstance(value, dict) and n in value)
    return [[n] + rest for n in names if inside(n) for rest in places(value[n], pattern[1:])]
def put_blobs(line, folder):
    refs = line["blobs"]
    need(isinstance(refs, list) and refs and all(isinstance(r, dict) and sorted(r) == ["at", "bytes", "digest"] for r in refs), "blobs")
    need(all(isinstance(r["bytes"], float) and isinstance(r["digest"], str) and DIGEST.match(r["digest"]) for r in refs), "blobs")
    need(sum(r["bytes"] for r in refs) <= 4 * LIMIT, "blobs are too large")
    allowed = {"/" + "/".join(map(str, p)): p for pattern in LARGE.get(line.get("event"), []) for p in places(line.get("data"), pattern.split("/"))}
    for ref in refs:
        need(ref["at"] in allowed, "no blob belongs there")
        *way, last = allowed[ref["at"]]
        at = line["data"]
        for name in way: at = at[name]
        need(at[last] is None, "no blob belongs there")
        try:
            with open(os.path.join(folder, ref["digest"][7:]), "rb") as file: content = file.read(LIMIT + 1)
        except OSError: raise Bad("the blob %s is missing" % ref["digest"])
        need(len(content) == ref["bytes"] and sha(content) == ref["digest"], "the blob %s was changed" % ref["digest"])
        at[last] = parse(content)
        need(at[last] is not None, "a blob is never null")
def check_line(raw, ended, before, folder):
    need(len(raw) <= LIMIT, "too long")
    line = parse(raw)
    need(isinstance(line, dict), "not an object")
    need(not (isinstance(line.get("v"), float) and line["v"] > 1), "a newer format version")
    rest = {m: x for m, x in line.items() if m != "hash"}
    need(line.get("hash") == sha(canonical(rest).encode()), "does not match its own hash")
    if "blobs" in line: put_blobs(line, folder)
    need(set(COMMON) <= set(line) <= set(COMMON) | {"blobs"} and line["v"] == 1, "not the members of a line")
    need(isinstance(line["run"], str) and isinstance(line["data"], dict) and isinstance(line["mono"], float), "not a line")
    need(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z", str(line["time"])) and line["mono"] >= 0, "not a time")
    need(isinstance(line["actor"], dict) and line["actor"].get("kind") in ("human", "agent", "engine"), "not an actor")
    need(isinstance(line["event"], str) and line["event"] in EVENTS, "not an event")
    need(line["seq"] == before["seq"] and before["run"] in (None, line["run"]), "lines were removed, added or swapped")
    need(line["prev"] == before["prev"] and line["mono"] >= before["mono"], "does not continue the line before")
    need(ended, "the end was cut off")
    return line
def check_story(line, calls, state):
    event, data = line["event"], line["data"]
    need((event == "run.opened") == (line["seq"] == 0) and not state["closed"], "before the start, or after the end")
    new = {"call": None, "decision": None, "intent": None, "executed": False, "withheld": False, "unknown": False}
    one = lambda: calls.setdefault(data["call"]["id"] if event == "proposed" else data["call"], dict(new))
    if event == "proposed":
        known = one()
        need(known["call"] is None or known["call"]["digest"] == data["call"]["digest"], "another call of the same id")
        known["call"] = data["call"]
    elif event == "authorized": one()["decision"] = data["decision"]
    elif event == "intent":
        call, proposed = one(), one()["call"]
        need(not call["intent"] or (call["unknown"] and proposed and proposed["effect"] == "read"), "a second intent")
        need(not proposed or (proposed["tool"], proposed["digest"]) == (data["tool"], data["digest"]), "not what was proposed")
        need((proposed and proposed["effect"] in ("read", "record")) or call["decision"] == "permit", "without a permit")
        call["intent"] = (data["tool"], data["simulated"])
    elif event in ("executed", "withheld"):
        as_meant = one()["intent"] == (data["tool"], data.get("simulated", (one()["intent"] or (0, 0))[1]))
        need(as_meant and not one()["executed"] and not one()["withheld"], "not once, or not as intended")
        one()[event] = True
    elif event == "undone": need(calls.get(data["by"], new)["executed"], "taken back by a call that was not executed")
    elif event == "outcome.unknown":
        need(one()["intent"] and one()["intent"][0] == data["tool"] and not one()["executed"], "nothing that could be unknown")
        one()["unknown"] = True
    elif event == "iteration": need(data["index"] < data["of"], "too many rounds")
    elif event == "resumed": need(data["fromLine"] < line["seq"], "goes on from a later line")
    elif event == "run.closed":
        state["closed"] = True; need(data["lines"] == line["seq"] + 1, "another number of lines")
def b64(text):
    data = base64.b64decode(text + "=" * (-len(text) % 4))
    return data if base64.b64encode(data).decode() == text else None
def read_key(text):  # name, id and bytes of a key
    match = re.match(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})\Z", text.strip())
    raw = match and b64(match[3])
    if not raw or len(raw) != 33 or raw[0] != 1: return None
    known = hashlib.sha256(match[1].encode() + b"\n" + raw).hexdigest()[:8] == match[2]
    return (match[1], bytes.fromhex(match[2]), raw[1:]) if known else None
def checkpoint(note, key, run):  # (size, root), or why it does not count
    match = re.match(r"((?:[^\n]+\n)+)\n((?:— [^\s+]+ [A-Za-z0-9+/]+={0,2}\n)+)\Z", note)
    if not match: return "is no signed note"
    found = False
    for _, name, signature in (line.split(" ") for line in match[2].splitlines()):
        raw = b64(signature)
        if raw is None: return "is no signed note"
        if (name, raw[:4]) != key[:2]: continue
        if not signed(key[2], match[1].encode(), raw[4:]): return "was changed after it was signed"
        found = True
    lines = match[1].splitlines()
    root = b64(lines[2]) if len(lines) == 3 else None
    if not found: return "is not signed by the key"
    if root is None or len(root) != 32 or not re.match(r"[1-9][0-9]{0,14}\Z", lines[1]): return "is no checkpoint"
    return (int(lines[1]), root) if lines[0] == key[0] + "/" + run else "is of another trace"
def notes_in(text):
    parts = text.split("\n\n"); last = len(parts) - 1
    return ["\n\n".join(parts[i:i + 2]) + ("" if i + 1 >= last else "\n") for i in range(0, len(parts), 2)] if text else []
def root_of(leaves):  # RFC 6962, section 2.1
    if len(leaves) == 1: return leaves[0]
    k = 1
    while k * 2 < len(leaves): k *= 2
    return hashlib.sha256(b"\1" + root_of(leaves[:k]) + root_of(leaves[k:])).digest()
def read(path):
    try:
        with open(path, encoding="utf-8", newline="") as file: return file.read()
    except OSError: return None
    except ValueError: return "?"
def verify(trace, outside, given):
    base = trace[:-6] if trace.endswith(".jsonl") else trace
    with open(trace, "rb") as file: raws = file.read().split(b"\n")
    ended = raws.pop() == b"" if raws[-1] == b"" else False
    lines, leaves, calls, state, problems = [], [], {}, {"closed": False}, []
    before = {"seq": 0, "run": None, "prev": sha(b""), "mono": 0}
    total = len(raws)
    key, expected, wanted, agreed = None, [], [], {True: 0, False: 0}
    if not raws: return 1, "empty"
    for i, raw in enumerate(raws):
        try:
            line = check_line(raw, ended or i < total - 1, before, base + ".blobs")
            check_story(line, calls, state)
        except (Bad, TypeError, KeyError) as bad: return i + 1, str(bad)
        before = {"seq": line["seq"] + 1, "run": line["run"], "prev": sha(raw), "mono": line["mono"]}
        leaves.append(hashlib.sha256(b"\0" + raw).digest())
        if i == 0:
            announced, beside = line["data"].get("checkpoints"), read(base + ".checkpoints")
            named = announced and read_key(announced["key"])
            key = given or named
            if announced is None and beside is not None: problems.append("checkpoints that were not announced")
            if given and given != named and (named or outside is None): problems.append("nothing is signed by the given key")
            for text, kept in ((beside if named and key == named else None, False), (outside, True)):
                read_notes = [checkpoint(note, key, line["run"]) for note in notes_in(text or "")] if key else []
                good = [c + (kept,) for c in read_notes if isinstance(c, tuple)]
                expected += good
                if not kept: problems += ["a checkpoint " + c for c in read_notes if isinstance(c, str)]
                elif outside is not None and not good: problems.append("none of the given checkpoints counts")
            expected.sort(key=lambda c: (c[0], c[2]))
        size, there = i + 1, False
        while expected and expected[0][0] == size:
            _, root, kept = expected.pop(0)
            if root_of(leaves) != root: return (agreed[True] if kept else max(agreed.values())) + 1, "not what was signed"
            agreed[kept], there = size, there or not kept
        due = line["event"] in ("run.opened", "gate.closed", "recovered", "run.closed")
        if announced and key == named and not there and (due or size % announced["every"] == 0): wanted.append(size)
    if expected or not state["closed"]: return total + 1, "cut off"
    if wanted: problems.append("checkpoints are missing: the first is that after line %d" % wanted[0])
    return (0, problems[0]) if problems else None

if __name__ == "__main__":
    options = dict(zip(sys.argv[2::2], sys.argv[3::2]))
    kept = read(options["--checkpoint"]) if "--checkpoint" in options else None
    found = verify(sys.argv[1], kept, read_key(options["--key"]) if "--key" in options else None)
    print(json.dumps({"valid": found is None, "line": found[0] or None if found else None, "reason": found and found[1]}))
    sys.exit(0 if found is None else 6)
