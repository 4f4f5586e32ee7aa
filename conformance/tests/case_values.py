"""Expected values and answers of cases, from text."""

from __future__ import annotations

from tracescript.v1 import example_pb2
from tracescript_conformance import values


def expected(*texts, bound=None, zero_sign=False, alternatives=()):
    made = example_pb2.Expected()
    made.outputs.table.add()
    for text in texts:
        index = values.write(made.outputs.table, values.parse(text))
        made.outputs.items.add(data=index)
        if bound is not None or zero_sign or alternatives:
            check = made.checks.add(data=index, zero_sign=zero_sign)
            if bound is not None:
                check.bound = values.write(made.outputs.table, values.parse(bound))
            for other in alternatives:
                check.alternatives.append(values.write(made.outputs.table, values.parse(other)))
    return made


def bundle(*texts):
    return values.bundle([("", values.parse(text)) for text in texts])
