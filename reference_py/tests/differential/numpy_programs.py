"""Random programs of numpy, for traces: each statement calls one function on values made before."""

from __future__ import annotations

import random
from typing import Final

_FLOATS: Final = (
    *("np.abs({f})", "np.sin({f})", "np.tanh({f})", "np.floor({f} * 3)", "np.round({f}, 1)"),
    *("{f} + {f}", "{f} * {g}", "{f} - 2", "{f} / (np.abs({g}) + 1)", "np.maximum({f}, {g})"),
    *("np.where({f} > {g}, {f}, 0.5)", "np.clip({f}, -1, 1)", "np.hypot({f}, {g})"),
    *("np.sort({f}, axis={a})", "np.cumsum({f}, axis={a})", "np.flip({f}, {a})", "-{f}"),
    *(
        "np.roll({f}, {k}, {a})",
        "np.nan_to_num(np.where({f} > 2, np.nan, {f}))",
        "np.sqrt({f} ** 2)",
    ),
    *("{f} - np.mean({f}, axis={a}, keepdims=True)", "np.fmod({f}, 1.5)", "np.copysign({f}, {g})"),
    *("np.take_along_axis({f}, np.argsort({g}, {a}, kind='stable'), {a})", "np.sinc({f})"),
    *("np.max({f}, axis={a}, keepdims=True) + {g}", "np.nancumsum({f}, axis={a})"),
    *("np.quantile({f}, 0.25, axis={a}, keepdims=True) * {g}", "np.heaviside({f}, {g})"),
    *("np.pad({f}, 1)[1:-1, 1:-1]", "np.diff({f}, axis=1, prepend=0)", "np.i0({f})"),
    *("np.concatenate([{f}, {g}], {a})[:{m}, :{n}]", "np.gradient({f}, axis={a})"),
    *("np.linalg.norm({f}, axis={a}, keepdims=True) + {g}", "({f}.T @ {f})[:1, :1] + {g}"),
    *("np.fft.irfft(np.fft.rfft({f}, axis=1), {n}, axis=1)", "np.float_power({f}, 2)"),
    *("np.select([{f} > 1, {f} < -1], [{f}, {g}], 0.25)", "np.repeat({f}, 2, {a})[:{m}, :{n}]"),
    *("np.interp({f}, [-1.0, 0.0, 2.0], [1.0, 3.0, 2.0])", "np.trunc({i} * 0.5)", "{i} * 0.25"),
    *("np.einsum('ij,ij->i', {f}, {g})[:, None] + {f}", "np.median({f}, {a}, keepdims=True) + {g}"),
    *(
        "np.partition({f}, 1, axis=1)[:, 1:2] + {g}",
        "np.sum({f}, axis={a}, keepdims=True, where={g} > 0) + {g}",
    ),
    *(
        "np.polyval([0.5, -1.0, 2.0], {f})",
        "np.tile({f}, (2, 1))[:{m}]",
        "np.vander({f}[0], {n})[:{m}]",
    ),
    *("np.insert({f}, 1, 0.5, axis={a})[:{m}, :{n}]", "np.outer({f}[0], {g}[0])[:1] + {f}"),
)
_INTS: Final = (
    *("np.floor_divide({i}, 3)", "{i} % 4", "{i} + {j}", "{i} * 2 - {j}", "np.abs({i})"),
    *("np.gcd({i}, {j})", "np.lcm({i}, {j}) % 1000", "np.bitwise_xor({i}, {j})", "{i} >> 1"),
    *("np.argsort({f}, axis={a}, kind='stable')", "np.rint({f}).astype(np.int64)", "{i} & 7"),
    *("np.where({f} > 0, {i}, {j})", "np.sign({i})", "np.cumsum({i} % 5, axis={a})"),
    *("np.take({i}, {j} % {n}, axis=1)[:, 0]", "np.searchsorted(np.sort({f}[0]), {g})"),
    *("np.digitize({f}, [-1.0, 0.0, 1.0])", "np.minimum({i}, {j})", "np.power({i} % 4, 3)"),
    *("np.argmax({f}, axis={a}, keepdims=True) + {i}", "np.maximum.accumulate({i}, axis={a})"),
    *("np.count_nonzero({f} > 0, axis={a}, keepdims=True) - {i}", "np.unique({i})[:1] + {j}"),
    *("np.bitwise_or.reduce({i}, axis={a}, keepdims=True)", "np.isin({i}, [0, 2]) * {j}"),
)
_WRITES: Final = (
    *("{x}[0] = {f}[-1]", "{x}[:, 1] += 1", "{x}[{g} > 0] = 2", "np.fill_diagonal({x}, 3)"),
    *(
        "np.put_along_axis({x}, np.argsort({f}, 1, kind='stable')[:, :1], 4, 1)",
        "{x}.sort(axis={a})",
    ),
    *("np.copyto({x}, {f}, where={g} < 0)", "np.add.at({x}, [0, 1, 0], 1)", "{x} *= 0.5"),
    *(
        "np.putmask({x}, {f} > 1, 0)",
        "{x}[::2] = -{x}[::2]",
        "np.clip({x}, -2, 2, out={x})",
        "np.median({f}, 1, out={x}[:, 0])",
    ),
    *("{x}[::-1] = {f}", "{x}[:0:-1, ::2] += 1", "np.put({x}, [0, -20], 2, mode='wrap')"),
    *(
        "np.maximum.at({x}, [0, 0], {g}[:2])",
        "np.add({f}, {g}, out={x}, where={g} > 0)",
        "np.hypot.reduce({f}, axis=1, out={x}[:, 1])",
    ),
)
SHAPE: Final = (3, 4)


def program(seed: int) -> str:
    """Return the source of a function of two arrays of floats and one of ints, of one shape."""
    r = random.Random(seed)  # programs, no secrets
    floats, ints = ["x", "y"], ["n"]
    lines = []
    for k in range(r.randint(2, 7)):
        names = {
            "f": r.choice(floats),
            "g": r.choice(floats),
            "i": r.choice(ints),
            "j": r.choice(ints),
            "a": r.choice((0, 1, -1)),
            "k": r.choice((-1, 1, 2)),
            "m": SHAPE[0],
            "n": SHAPE[1],
        }
        kind = r.random()
        if kind < 0.15:
            made = f"np.copy({names['f']})" if kind < 0.1 else f"np.zeros({SHAPE})"
            lines += [f"v{k} = {made}", r.choice(_WRITES).format(x=f"v{k}", **names)]
            floats.append(f"v{k}")
            continue
        of_ints = kind < 0.4
        text = r.choice(_INTS if of_ints else _FLOATS).format(**names)
        lines.append(f"v{k} = np.broadcast_to({text}, {SHAPE})" if of_ints else f"v{k} = {text}")
        (ints if of_ints else floats).append(f"v{k}")
    body = "\n".join(f"    {line}" for line in lines)
    return f"import numpy as np\n\n\ndef f(x, y, n):\n{body}\n    return {floats[-1]}, {ints[-1]}\n"
