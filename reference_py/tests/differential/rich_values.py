"""Statements about sets, members, unions and dicts of several types as values of a program."""

from __future__ import annotations

from tests.differential.rich_choices import ChoiceLines
from tests.differential.rich_lines import INTS

VALUE_HEAD = """\
from collections import Counter
from typing import Union

@dataclass
class Bag:
    items: set[int]
    mode: Mode

def kept(vs, k):
    return {v for v in vs if v > k}

def spoiled(vs, k):
    vs[0].add(k)
    return len(vs)

def either(k) -> Union[int, str]:
    if k > 1:
        return k
    return "few"

"""
VALUE_START = """\
us = [{a}, {1, b}]
ud = {"k": {c, 1}, "m": set(xs)}
cn = Counter([a, 1, b])
od = OrderedDict(x=a, y=1)
cfg = {"n": a, "t": "q", "v": [b]}
modes = [mode, Mode.LOW]
un: list[Union[int, str]] = [a, "z"]
uv: Union[int, str] = either(b)
bag = Bag({a, b}, mode)
"""
VALUE_RESULT = "us, ud, u, n, cn, od, cfg, modes, mode, un, bag.items, bag.mode, frozenset(u)"


class ValueLines(ChoiceLines):
    """Writes statements about what `VALUE_HEAD` and `VALUE_START` define."""

    def held_sets(self) -> str:
        r, v, k = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                f"us[0].add({k})",
                f"us[{r.randint(-1, 2)}].discard({k})",
                "us.append(u)",
                "us.append(set(u))",
                "u = us[0]",
                "u = us.pop()",
                "us = [u, u]",
                "us = [set(range(w % 4)) for w in xs]",
                f"ud['k'].add({k})",
                f"ud[s[:1]] = {{{k}}}",
                "ud['k'] |= u",
                f"n = ud.get('m', {{{k}}})",
                "ud = {'k': n, **ud}",
                "for w in us:\n{pad}    w.add(a)",
                f"for w in list(us):\n{{pad}}    {v} += len(w | {{{k}}})",
                f"{v} = spoiled(us, {k})",
                f"u = kept(u, {k})",
                f"{v} = int(u in us) + int({{{k}}} in us) + int(us == [u])",
                "u, n = n, u",
                f"bag.items.add({k})",
                "bag = Bag(u, mode)",
                "bag = Bag(set(u), Mode.HIGH)",
                "u = bag.items",
                f"n = frozenset(u) | {{{k}}} if b > 1 else n",
                "u = u - frozenset(xs) if a else u",
                f"{v} = len([w for w in us if {k} in w])",
            ]
        )

    def held_members(self) -> str:
        r, v, k = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                "modes.append(mode)",
                f"modes.append(Mode.HIGH if {k} > 1 else Mode.LOW)",
                f"mode = modes[{r.randint(-1, 1)}]",
                "modes = [following(w) for w in modes]",
                f"{v} = sum(w.value for w in modes) + int(mode in modes)",
                "for w in modes:\n{pad}    if w is Mode.LOW:\n{pad}        mode = following(w)",
                f"{v} = len([w for w in modes if w == mode])",
                "bag.mode = following(bag.mode)",
                "mode = bag.mode",
            ]
        )

    def held_unions(self) -> str:
        r, v, k = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                f"un.append({k})",
                "un.append(s)",
                "un.append(uv)",
                f"uv = either({k})",
                "uv = un[0]",
                f"{v} = size(uv) if not isinstance(uv, str) else len(uv)",
                f"for w in un:\n{{pad}}    if isinstance(w, int):\n{{pad}}        {v} += w",
                f"un[0] = {k}",
                "un = [w for w in un]",
            ]
        )

    def held_dicts(self) -> str:
        r, v, k = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                f"cfg['n'] = {k}",
                "cfg['n'] += 1",
                "cfg['v'].append(a)",
                "cfg['t'] = s",
                f"{v} = cfg['n'] + len(cfg['t']) + len(cfg)",
                "copy = cfg.copy()\n{pad}copy['n'] = 7",
                "other = cfg\n{pad}other['n'] = 7",
                "xs = cfg['v']",
                "cfg['v'] = ys",
                "ys = list(cfg['v'])",
                f"cn[{k}] += 1",
                "cn.update(xs)",
                "cn.subtract([a, b])",
                f"{v} = cn[{k}] + cn.total() + cn.most_common()[0][1]",
                "cn = cn + Counter(ys)",
                "cn = Counter(xs) - cn",
                "ys = sorted(cn.elements())",
                f"b = int(cn == Counter(xs)) + int({k} in cn)",
                f"od['x'] = {k}",
                "od.move_to_end('x', last=a > 1)" if r.random() < 0.2 else "od.move_to_end('x')",
                f"od[s[:1]] = {k}",
                f"{v} = int(od == OrderedDict(y=1, x=a)) + sum(od.values())",
                "k, w = od.popitem(last=False)\n{pad}od[k] = w",
                f"d = dict.fromkeys(['a', 'b'], {k})",
            ]
        )


__all__ = ["VALUE_HEAD", "VALUE_RESULT", "VALUE_START", "ValueLines"]
