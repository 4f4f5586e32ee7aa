"""Statements whose parts change what others read, and the forms of slices, texts and unpacking."""

from __future__ import annotations

from tests.differential.rich_lines import INTS
from tests.differential.rich_values import ValueLines

FLOW_HEAD = """\
def taken(vs, k):
    vs.append(k)
    return vs.pop(0)

def left_at(log):
    log.append(1)
    return len(log) % 2

"""
FLOW_START = """\
k1 = [b, a, 1, 2]
bs = [Box(a), Box(2, [b])]
bd = {"k": Box(c)}
"""
FLOW_RESULT = "k1, [(v.n, v.items) for v in bs], [(w, v.n, v.items) for w, v in bd.items()]"
FLOW_STATE = """\
        self.tags = {1, 2}
        self.mode = Mode.LOW
        self.box = Box(1, [2])
        self.pair = Point(3)
        self.table = {"a": 1}
        self.text = "s"
"""
FLOW_STATE_RESULT = (
    "self.n, self.seen, self.tags, self.mode.value, self.box.n, self.box.items, self.pair.x,"
    " self.table, self.text"
)


class FlowLines(ValueLines):
    """Writes statements about what `FLOW_HEAD` and `FLOW_START` define."""

    def several(self) -> str:
        """Several changes in one expression, in Python's order."""
        r, v, k = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                "a = k1.pop() + k1.pop() * 3",
                "b, c = k1.pop(0), k1.pop()",
                f"{v} = taken(k1, a) - taken(k1, {k})",
                "xs = [k1.pop(), len(k1), k1.pop(0)]",
                f"{v} = k1[left_at(k1)] + k1.pop()",
                f"k1[left_at(xs)] += {k}",
                "k1[k1.pop() % 2] = k1.pop()",
                "k1[0] += k1.pop()",
                f"d['a'] = k1.pop() + d.pop('a', {k})",
                "t = (k1.pop(), q.add(1), q.add(a))\n{pad}b = t[0] + t[2]",
                f"{v} = q.add(1) * q.add({k})",
                f"{v} = clamped(k1.pop(), hi=k1.pop())",
                "a = int(k1.pop() < k1.pop() < 4)",
                "ys = k1 + [k1.pop()]",
                "ys = [*k1, k1.pop()]",
                "t = (k1, k1.pop())\n{pad}a = t[1] + len(t[0])",
                f"s = f'{{k1.pop()}}:{{taken(k1, {k})}}'",
                f"{v} = 1 if k1.pop() > {k} else k1.pop()",
                f"{v} = k1.pop() if len(k1) > 3 and k1.pop() > 0 else {k}",
                "a = sum(k1.pop() for i in range(2))",
                "xs, k1 = k1, [k1.pop()]",
                "k1.append(k1.pop() + len(k1))",
                "k1.extend([k1.pop(), *k1])",
                "a, k1[a % 2] = b % 2, 7",
            ]
        )

    def assigned(self) -> str:
        """Names that expressions assign."""
        r, v, k = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                f"if {k} > 1 and (m1 := a * 2) > 3:\n{{pad}}    {v} = m1",
                f"if {k} > 1 or (b := a - 1) > 0:\n{{pad}}    c = b",
                (
                    f"if not ({k} > 1 and (m1 := b + 1)):\n{{pad}}    c = 1\n"
                    f"{{pad}}else:\n{{pad}}    {v} = m1"
                ),
                f"if {k} < 2 or (m1 := c) < 0:\n{{pad}}    a = 0\n{{pad}}else:\n{{pad}}    b = m1",
                "while k1 and (m1 := k1.pop()) != 2:\n{pad}    a = clamped(a + m1)",
                f"{v} = (a := {k}) + a",
                f"{v} = m1 if {k} > 2 and (m1 := b) else 4",
                "xs = [w1 for w in ys if (w1 := w * 2) > 2]",
                "b = 0\n{pad}ys = [(b := b + w) for w in xs]",
                f"b = int(0 < (c := {k}) < 3)",
                "b = int(any((c := w) > 2 for w in xs))",
            ]
        )

    def held_records(self) -> str:
        """Records that lists and dicts hold."""
        r, v, k = self.r, self.r.choice(INTS), self.number()
        i = r.choice(["0", "-1", "a % 2", "1"])
        return r.choice(
            [
                f"{v} = bs[{i}].add({k})",
                f"bs[{i}].n += {k}",
                f"bs[{i}].items.append({k})",
                f"{v} = bs[{i}].twice + len(bs[{i}].items)",
                f"bs.append(Box({k}))",
                "bs.append(q)",
                "bs = [q, q]",
                f"bs[{i}] = Box({k}, [1])",
                f"bs[{i}] = q",
                "q = bs[0]",
                "q = bs.pop()",
                "for b1 in bs:\n{pad}    b1.add(1)",
                "for b1 in bs:\n{pad}    b1.n = a\n{pad}    b1.items.append(1)",
                f"for i1 in range(len(bs)):\n{{pad}}    bs[i1].add({k})",
                "for i1, b1 in enumerate(bs):\n{pad}    b1.n += i1",
                "for b1 in bd.values():\n{pad}    b1.add(2)",
                "for k2, b1 in bd.items():\n{pad}    b1.n += len(k2)",
                f"bd['k'].add({k})",
                f"bd[s[:1]] = Box({k})",
                "bd['k'] = q",
                "b1 = bs[0]\n{pad}b1.add(1)",
                f"b1 = bs[{i}]\n{{pad}}a = b1.add(2) + bs[0].n",
                f"b1 = bd.get('k')\n{{pad}}if b1 is not None:\n{{pad}}    b1.add({k})",
                "bs = sorted(bs, key=lambda v: v.n)",
                f"{v} = sum(w.n for w in bs) + max(w.add(1) for w in bs)",
                f"{v} = bs[0].add(1) + bs[-1].add(2)",
                "bs = bs[::-1]",
                "bs = [Box(w.n, list(w.items)) for w in bs]",
                "bs[0], bs[-1] = bs[-1], bs[0]",
            ]
        )

    def forms(self) -> str:
        """Slices, unpacking, texts and numbers."""
        r, v, k = self.r, self.r.choice(INTS), self.number()
        step, lo = r.choice(["1", "2", "-1", "-2", "3"]), r.choice(["", "1", "-2", "a", "b"])
        return r.choice(
            [
                f"xs = ys[{lo}::{step}]",
                f"xs[{lo}:b:{step}] = ys",
                f"xs[{lo}:2] = [a, b]",
                f"del xs[{lo}::{step}]",
                f"del xs[{lo}:c]",
                f"xs[{lo}:1] += [{k}]",
                f"s = s[{lo}::{step}] + 'b'",
                "a, *ys = range(b % 3 + 1)",
                "*ys, a = k1 or [1]",
                "(a, b), *ys = [(c, 1), *[]] or [(1, 2)]"
                if r.random() < 0.2
                else "a, (b, c) = b, (c, a)",
                f"a, b = divmod({k}, 3)",
                f"s = f'{{a:>{{b % 5 + 1}}d}}|{{{v}:+}}|{{s!r:.4}}'[:9]",
                f"s = f'{{{k}:03d}}{{a / 4:.2f}}{{b:x}}'[:9] if b >= 0 else s[:4]",
                "s = f'{s=}'[:8]",
                f"{v} = {k} in range(a, 9, 2)",
                f"{v} = int({k} in range(b, -9, -2))",
                f"{v} = len(range(a, b, {r.choice(['1', '2', '-1'])}))",
                "xs = [v * w for v, w in zip(xs, ys, strict=True)]",
                "xs = [i1 + w for i1, w in enumerate(reversed(xs), start=a)]",
                f"xs = xs * {r.randint(-1, 2)} + [0] * (b % 3)",
                "g = [[w + v for w in xs if w > v] for v in ys]",
                "xs = [w for r1 in g for w in r1][:5]",
                "d = {str(w): w * w for w in xs[:4]}",
                "a = round(b * 1.5) + round(c / 4) + int(a / 3)",
                f"{v} = {k}.bit_length()" if k.isidentifier() else f"{v} = ({k}).bit_length()",
                "a = int(s, 16) if s in ('a', 'ab', 'b') else 3",
                "a = min(xs, key=lambda v: abs(v - b), default=1)",
                "b = max((w, -i1) for i1, w in enumerate(ys + [0]))[1]",
                "xs = sorted(xs, key=lambda v: (v % 3, v), reverse=a > 1)",
                "h1 = (lambda v: v + b) if a > 1 else (lambda v: v * 2)\n{pad}c = clamped(h1(c))",
                "b = int(any(10 // w > 2 for w in xs)) + int(all(w != a for w in ys))",
                "c = int([a, b] < [b, c]) + int((a, s) <= (b, 'b')) + int(s < 'ab')",
                "s = ''.join(w + '.' for w in s)[:6]",
                "xs = [ord(w) % 7 for w in s]",
                "a = sum(xs[::2], b) + sum(w for w in u)",
            ]
        )

    def exits(self) -> str:
        """Exits through blocks whose ends change something."""
        r, k = self.r, self.number()
        leave = r.choice(["break", "continue", "break"])
        return r.choice(
            [
                (
                    f"for i1 in range(4):\n{{pad}}    with r:\n{{pad}}        if i1 == {k}:\n"
                    f"{{pad}}            {leave}\n{{pad}}        a = clamped(a + i1)\n"
                    "{pad}    r.k = clamped(r.k)"
                ),
                (
                    f"i1 = 0\n{{pad}}while i1 < 3:\n{{pad}}    try:\n{{pad}}        i1 += 1\n"
                    f"{{pad}}        if i1 == {k}:\n{{pad}}            {leave}\n"
                    "{pad}        b = i1\n{pad}    finally:\n{pad}        k1.append(i1)"
                ),
                (
                    f"match xs:\n{{pad}}    case [w1, *_] if w1 > {k}:\n{{pad}}        a = w1\n"
                    "{pad}    case [] | [_]:\n{pad}        b = 4\n"
                    "{pad}    case [_, w1, *w2]:\n{pad}        b = w1 + len(w2)"
                ),
                (
                    f"match q:\n{{pad}}    case Box(n=0):\n{{pad}}        a = 1\n"
                    f"{{pad}}    case Box(n=w1, items=[w2, *_]) if w1 > {k}:\n"
                    "{pad}        a = w1 + w2\n{pad}    case Box(items=w3):\n"
                    "{pad}        b = len(w3)"
                ),
                (
                    "match (a % 3, s[:1]):\n{pad}    case (0, w1) | (1, w1):\n"
                    "{pad}        s = w1 + s[:3]\n{pad}    case (2, 'a' | 'b') as w2:\n"
                    "{pad}        b = w2[0]"
                ),
                (
                    "match mode:\n{pad}    case Mode.LOW:\n{pad}        a = 1\n"
                    "{pad}    case Mode.HIGH if b > 1:\n{pad}        a = 2"
                ),
                (
                    f"for i1 in range(3):\n{{pad}}    for j1 in k1:\n{{pad}}        if j1 == {k}:\n"
                    "{pad}            break\n{pad}        c = clamped(c + j1)\n"
                    "{pad}    else:\n{pad}        continue\n{pad}    break"
                ),
            ]
        )

    def held_state(self) -> str:
        """Sets, members, records, dicts and texts as state."""
        r, k = self.r, self.number()
        return r.choice(
            [
                f"self.tags.add({k})",
                "self.tags = self.tags | u",
                f"self.tags.discard({k})",
                f"a = len(self.tags) + int({k} in self.tags)",
                "u = set(self.tags)",
                "u = self.tags",
                "self.mode = following(self.mode)",
                "mode = self.mode",
                "if self.mode is Mode.LOW:\n{pad}    b = 2",
                f"self.box.n += {k}",
                "self.box.items.append(a)",
                f"a = self.box.add({k})",
                f"self.box = Box({k}, [b])",
                "self.box = q",
                "q = self.box",
                "c = self.box.twice + len(self.box.items)",
                f"self.pair = Point({k}, a)",
                "self.pair = self.pair._replace(x=c)",
                "a, b = self.pair",
                f"self.table[s[:1]] = {k}",
                "self.table['a'] += 1",
                "d = dict(self.table)",
                "self.text = self.text[-2:] + s[:1]",
                "self.n, self.seen = a, [b, self.n]",
                "a = self.seen.pop() + self.n",
            ]
        )


__all__ = ["FLOW_HEAD", "FLOW_RESULT", "FLOW_START", "FLOW_STATE", "FLOW_STATE_RESULT", "FlowLines"]
