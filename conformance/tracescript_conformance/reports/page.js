"use strict";
// Everything is shown through textContent: names, details and models are text, never markup.
const data = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("main");
const PASSED = data.outcomes.indexOf("PASSED");
const NOT_COUNTED = ["SKIPPED", "KNOWN_FAILURE"].map((n) => data.outcomes.indexOf(n));
const WORDS = { PASSED: "passed", FAILED: "failed", SKIPPED: "skipped", KNOWN_FAILURE: "known", UNEXPECTED_PASS: "unexpected pass", BROKEN_CLAIM: "broken claim", CRASHED: "crashed", TIMED_OUT: "timed out", FLAKY: "flaky", UNSPECIFIED: "not asked" };
const PAGE = 200;

function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (name === "text") node.textContent = value;
    else if (name === "on") for (const [event, call] of Object.entries(value)) node.addEventListener(event, call);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

const cases = data.cases.map((c, i) => ({
  index: i, id: c[0], story: c[1], rules: c[2], needs: c[3], kind: c[4], level: c[5], asks: c[6], models: c[7], oracles: c[8],
  category: c[0].split("/")[0], family: c[0].split("/").slice(0, 2).join("/"),
}));
const outcome = (run, c) => { const r = data.results[run][c.index]; return typeof r === "number" ? r : r[0]; };
const ratio = (run, c) => { const r = data.results[run][c.index]; return typeof r === "number" ? 0 : r[2] === -1 ? Infinity : r[2]; };
const mark = (run, c, at) => { const r = data.results[run][c.index]; return (typeof r !== "number" && r[at]) || ""; };
const DOUBTS = { "another-code": 5, unproven: 6 };
const isFailure = (o) => o !== 0 && o !== PASSED && !NOT_COUNTED.includes(o);
const tone = (o) => (o === PASSED ? "good" : o === 0 ? "none" : NOT_COUNTED.includes(o) ? "warn" : "bad");
const inProfile = (p, c) => c.needs.every((n) => n === p || (data.profiles[p] || []).includes(n));
const short = (x) => (x === 0 ? "" : x === Infinity ? "∞" : x < 0.001 ? x.toExponential(1) : String(Number(x.toPrecision(2))));
const runTitle = (run) => [run.name, run.version].filter(Boolean).join(" ");

function count(run, list) {
  const n = { passed: 0, failed: 0, skipped: 0, odd: 0, unproven: 0, worst: 0 };
  for (const c of list) {
    const o = outcome(run, c);
    if (o === PASSED) n.passed++;
    else if (isFailure(o)) n.failed++;
    else if (o !== 0) n.skipped++;
    if (mark(run, c, 5)) n.odd++;
    if (mark(run, c, 6)) n.unproven++;
    n.worst = Math.max(n.worst, ratio(run, c));
  }
  n.total = n.passed + n.failed + n.skipped;
  return n;
}

// A sentence with `code` between backticks.
const prose = (text) => text.split("`").map((part, i) => (i % 2 ? el("code", { text: part }) : document.createTextNode(part)));

function link(view, query) {
  const text = new URLSearchParams(query).toString();
  return "#" + view + (text ? "?" + text : "");
}

function bar(n) {
  const part = (size, name) => (size ? el("i", { class: name, style: `width:${(100 * size) / n.total}%` }) : null);
  return el("div", { class: "bar" }, part(n.passed, "good"), part(n.failed, "bad"), part(n.skipped, "warn"));
}

const doubts = (n) => [n.odd ? `${n.odd} with another code` : "", n.unproven ? `${n.unproven} unproven` : ""].filter(Boolean);

function cell(n, href, label) {
  if (!n.total) return el("td", { class: "cell none", text: "not asked" });
  const words = [`${n.passed} / ${n.total}`, ...doubts(n)];
  if (n.failed) words.push(`${n.failed} failed`);
  if (n.skipped) words.push(`${n.skipped} skipped`);
  const left = el("span", { text: words.join(", "), class: n.failed ? "bad" : "" });
  const right = el("span", { class: "worst", text: n.worst ? `worst ${short(n.worst)}` : "" });
  return el("td", { class: "cell" }, el("a", { href, title: label }, el("div", { class: "counts" }, left, right), bar(n)));
}

function head(first) {
  const columns = data.runs.map((run) => el("th", { scope: "col", text: runTitle(run) }, el("small", { text: [run.language, "door " + run.door].filter(Boolean).join(", ") })));
  return el("thead", {}, el("tr", {}, el("th", { class: "first", scope: "col", text: first }), ...columns));
}

const groups = (list, key) => {
  const found = new Map();
  for (const c of list) for (const k of [].concat(c[key])) { if (!found.has(k)) found.set(k, []); found.get(k).push(c); }
  return [...found].sort((a, b) => a[0].localeCompare(b[0], "en", { numeric: true }));
};

function showMatrix() {
  const names = [...new Set(data.runs.flatMap((run) => run.scores.map((s) => s[0])))];
  const profiles = names.map((name) => el("tr", {}, el("th", { class: "first", scope: "row", text: name }), ...data.runs.map((run, i) => {
    const score = run.scores.find((s) => s[0] === name);
    if (!score) return el("td", { class: "cell none", text: "not asked" });
    const [, passed, total, conforms] = score;
    const asked = count(i, cases.filter((c) => inProfile(name, c))), failed = asked.failed;
    const claimed = run.claims.includes(name);
    const word = conforms ? "conforms" : claimed ? "does not conform" : "not claimed";
    const counts = el("div", { class: "counts" }, el("span", { text: [`${passed} / ${total}`, ...(asked.total < total ? [`${asked.total} asked`] : []), ...doubts(asked)].join(", ") }), el("span", { class: conforms ? "good" : claimed ? "bad" : "none", text: (conforms ? "✓ " : claimed ? "✗ " : "") + word }));
    return el("td", { class: "cell" }, el("a", { href: link("cases", { run: i, profile: name, outcome: passed < total ? "not-passed" : "" }) }, counts, bar({ passed, failed, skipped: total - passed - failed, total })));
  })));
  const rows = groups(cases, "category").map(([name, list]) => el("tr", {}, el("th", { class: "first", scope: "row", text: name }, el("small", { text: `${list.length} cases` })),
    ...data.runs.map((run, i) => { const n = count(i, list); return cell(n, link("cases", { category: name, run: i, outcome: n.failed ? "failure" : "" }), `${runTitle(run)}: cases of ${name}`); })));
  main.replaceChildren(
    el("h2", { text: "Profiles" }), el("p", { class: "note", text: "Passed of all cases of the profile; skips and known failures are not passed. A refusal with another code passes where the case is not strict; it is unproven where no sound file of its rules is read. Only 100 % of MUST conforms." }),
    el("div", { class: "wide" }, el("table", {}, head("profile"), el("tbody", {}, ...profiles))),
    el("h2", { text: "Categories" }), el("p", { class: "note", text: "Worst is the largest error over its bound; 1 is the limit. A cell leads to its cases." }),
    el("div", { class: "wide" }, el("table", {}, head("category"), el("tbody", {}, ...rows))));
}

function matches(c, q, run) {
  const words = (q.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
  const text = (c.id + " " + c.story + " " + c.rules.join(" ")).toLowerCase();
  const profile = q.get("profile");
  const runs = run === null ? data.runs.map((_, i) => i) : [run];
  const wanted = q.get("outcome");
  if (DOUBTS[wanted]) return runs.some((i) => mark(i, c, DOUBTS[wanted])) && matches(c, new URLSearchParams([...q].filter(([k]) => k !== "outcome")), run);
  const right = (o) => !wanted || (wanted === "failure" ? isFailure(o) : wanted === "not-passed" ? o !== PASSED : data.outcomes[o] === wanted);
  return words.every((w) => text.includes(w)) && (!q.get("category") || c.category === q.get("category")) && (!q.get("family") || c.family === q.get("family"))
    && (!q.get("rule") || c.rules.includes(q.get("rule"))) && (!profile || inProfile(profile, c)) && (!q.get("level") || c.level === q.get("level"))
    && (wanted !== "differs" ? runs.some((i) => right(outcome(i, c))) : new Set(data.runs.map((_, i) => outcome(i, c)).filter(Boolean)).size > 1);
}

function select(q, name, label, options) {
  const box = el("select", { "aria-label": label, on: { change: () => { q.set(name, box.value); location.hash = link("cases", [...q].filter(([, v]) => v)); } } });
  box.append(el("option", { value: "", text: label }), ...options.map(([value, text]) => el("option", { value, text, selected: q.get(name) === value })));
  return box;
}

function filters(q, found) {
  const search = el("input", { type: "search", placeholder: "Search ids, stories, rules", "aria-label": "Search", value: q.get("q") || "" });
  search.addEventListener("change", () => { q.set("q", search.value); location.hash = link("cases", [...q].filter(([, v]) => v)); });
  const categories = [...new Set(cases.map((c) => c.category))].sort();
  const outcomes = [["failure", "any failure"], ["not-passed", "not passed"], ["another-code", "passed with another code"], ["unproven", "passed, unproven"], ...(data.runs.length > 1 ? [["differs", "runs differ"]] : []), ...data.outcomes.slice(1).map((o) => [o, WORDS[o]])];
  const row = el("div", { class: "filters" }, search, select(q, "category", "All categories", categories.map((c) => [c, c])),
    select(q, "outcome", "All outcomes", outcomes), select(q, "profile", "All profiles", Object.keys(data.profiles).map((p) => [p, p])),
    select(q, "level", "All levels", ["MUST", "SHOULD", "MAY"].map((l) => [l, l])));
  if (data.runs.length > 1) row.append(select(q, "run", "All runs", data.runs.map((r, i) => [String(i), runTitle(r)])));
  const special = ["rule", "family"].filter((n) => q.get(n)).map((n) => `${n} ${q.get(n)}`).join(", ");
  const note = el("p", { class: "note", text: `${found} of ${cases.length} cases${special ? ", " + special : ""}. ` });
  if ([...q].some(([, v]) => v)) note.append(el("a", { href: "#cases", text: "Show all" }));
  return [row, note];
}

function detail(c) {
  const rules = el("ul", { class: "rules" }, ...c.rules.map((r) => el("li", {}, el("a", { href: link("cases", { rule: r }), text: r }), ...prose(data.rules[r] || ""))));
  const results = data.runs.map((run, i) => {
    const r = data.results[i][c.index], o = outcome(i, c);
    const lines = typeof r === "number" ? [] : [r[1], r[2] ? `worst error / bound ${short(ratio(i, c))}${r[3] ? " at " + r[3] : ""}` : "", r[6] ? `unproven: ${r[6]} is refused too` : ""].filter(Boolean);
    return el("div", { class: "outcome" }, el("strong", { text: runTitle(run) + ": " }), el("span", { class: tone(o), text: WORDS[data.outcomes[o]] }),
      ...lines.map((text) => el("p", { text })), r[4] ? el("pre", { text: r[4] }) : null);
  });
  return el("div", { class: "detail" },
    el("p", { class: "note", text: `${c.level}, kind ${c.kind}, needs ${c.needs.join(", ") || "nothing"}, oracles: ${c.oracles || "none"}.` }),
    el("h3", { text: "Results" }), ...results, el("h3", { text: "Proves" }), rules,
    el("h3", { text: "Asks and expects" }), el("pre", { text: c.asks }),
    ...c.models.flatMap((m, i) => [el("h3", { text: c.models.length > 1 ? `File ${i + 1}` : "File" }), el("pre", { text: m })]));
}

function caseRow(c, open) {
  const marks = el("span", { class: "marks" }, ...data.runs.map((run, i) => {
    const o = outcome(i, c);
    const name = data.runs.length > 1 && window.innerWidth <= 640 ? run.name + " " : "";
    return el("span", { class: "mark " + tone(o), title: runTitle(run), text: name + WORDS[data.outcomes[o]] });
  }));
  const what = el("span", { class: "what" }, el("span", { class: "id", text: c.id }), document.createTextNode(" "), el("span", { class: "story", text: c.story }));
  const row = el("div", { class: "case" });
  const button = el("button", { "aria-expanded": "false" }, what, marks);
  const toggle = () => {
    if (row.children.length > 1) row.lastChild.remove();
    else row.append(detail(c));
    button.setAttribute("aria-expanded", String(row.children.length > 1));
  };
  button.addEventListener("click", toggle);
  row.append(button);
  if (open) toggle();
  return row;
}

function showCases(q) {
  const run = q.get("run") && data.runs[q.get("run")] ? Number(q.get("run")) : null;
  const found = cases.filter((c) => matches(c, q, run));
  const list = el("div", {});
  const more = el("button", { class: "more" });
  const grow = () => {
    const from = list.children.length;
    list.append(...found.slice(from, from + PAGE).map((c) => caseRow(c, found.length === 1)));
    more.hidden = list.children.length >= found.length;
    more.textContent = `Show ${Math.min(PAGE, found.length - list.children.length)} more`;
  };
  more.addEventListener("click", grow);
  grow();
  const columns = el("div", { class: "columns" }, ...data.runs.map((r) => el("span", { class: "mark", title: runTitle(r), text: r.name })));
  main.replaceChildren(...filters(q, found.length), columns, list, more);
}

function table(key, title, note, first, rows) {
  main.replaceChildren(el("h2", { text: title }), el("p", { class: "note", text: note }), el("div", { class: "wide" }, el("table", {}, head(first), el("tbody", {}, ...rows))));
}

function showRules() {
  const rows = groups(cases, "rules").map(([rule, list]) => el("tr", {}, el("th", { class: "first", scope: "row" }, el("a", { href: link("cases", { rule }), text: rule }), el("small", { class: "sentence" }, ...prose(data.rules[rule] || `${list.length} cases`))),
    ...data.runs.map((run, i) => cell(count(i, list), link("cases", { rule, run: i }), `${runTitle(run)}: cases that prove ${rule}`))));
  table("rules", "Requirements", "Each rule of the specification and each op's example that some case proves.", "rule", rows);
}

function showNumbers() {
  const worst = (list) => Math.max(...data.runs.map((_, i) => count(i, list).worst));
  const found = groups(cases, "family").map(([family, list]) => [family, list, worst(list)]).filter((f) => f[2] > 0).sort((a, b) => b[2] - a[2]);
  const rows = found.map(([family, list]) => el("tr", {}, el("th", { class: "first", scope: "row" }, el("a", { href: link("cases", { family }), text: family })),
    ...data.runs.map((run, i) => { const n = count(i, list), ran = n.passed + n.failed; return el("td", { class: "number " + (n.worst > 1 ? "bad" : n.worst ? "" : "none"), text: short(n.worst) || (ran ? "exact" : "not run") }); })));
  table("numbers", "Worst error over its bound", "Per op or family, where some run was inexact; 1 is the limit.", "family", rows);
}

const VIEWS = { matrix: ["Matrix", showMatrix], cases: ["Cases", showCases], rules: ["Requirements", showRules], numbers: ["Numbers", showNumbers] };

function route() {
  const [name, query] = location.hash.slice(1).split("?");
  const view = VIEWS[name] ? name : "matrix";
  document.getElementById("tabs").replaceChildren(...Object.entries(VIEWS).map(([key, [text]]) => el("a", { href: "#" + key, text, "aria-current": key === view ? "page" : undefined })));
  VIEWS[view][1](new URLSearchParams(query || ""));
  window.scrollTo(0, 0);
}

document.getElementById("about").textContent = `Suite ${data.suite}, corpus ${data.digest}, ${cases.length} cases, ${data.runs.length === 1 ? runTitle(data.runs[0]) : data.runs.length + " implementations"}`;
window.addEventListener("hashchange", route);
route();
