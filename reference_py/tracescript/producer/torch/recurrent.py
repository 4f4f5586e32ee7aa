"""Recurrent cells of torch, written with its plain calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch
from torch.nn import functional

from tracescript.producer.torch import packed
from tracescript.producer.torch.named import matched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor


def _gates(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> tuple[Any, Any]:
    return functional.linear(x, w_ih, b_ih), functional.linear(h, w_hh, b_hh)


def _lstm_cell(
    _: TorchDoor, x: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None
) -> tuple[Any, Any]:
    h, c = hx
    a, b = _gates(x, h, w_ih, w_hh, b_ih, b_hh)
    i, f, g, o = (a + b).chunk(4, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def _gru_cell(
    _: TorchDoor, x: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None
) -> Any:
    a, b = _gates(x, hx, w_ih, w_hh, b_ih, b_hh)
    a_r, a_z, a_n = a.chunk(3, 1)
    b_r, b_z, b_n = b.chunk(3, 1)
    z = torch.sigmoid(a_z + b_z)
    n = torch.tanh(a_n + torch.sigmoid(a_r + b_r) * b_n)
    return n + z * (hx - n)


def _plain_cell(activation: Callable[..., Any]) -> Callable[..., Any]:
    def handler(
        _: TorchDoor, x: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None
    ) -> Any:
        a, b = _gates(x, hx, w_ih, w_hh, b_ih, b_hh)
        return activation(a + b)

    return handler


def _layers(op: str, call: Any, **more: Any) -> Callable[..., Any]:
    """Run a whole recurrent network: time first, states by layer and direction."""

    def handler(door: TorchDoor, x: Any, hx: Any, weights: Any, *rest: Any) -> Any:
        if not isinstance(rest[0], bool):
            given = (x, hx, weights, rest[0])
            return packed.run(handler, door, given, rest[1:], is_lstm=op == "lstm")
        has_bias, layers, dropout, train, bidirectional, batch_first = rest
        states = tuple(hx) if isinstance(hx, (tuple, list)) else (hx,)
        flat = tuple(weights)
        if len(flat) != layers * (2 if bidirectional else 1) * (4 if has_bias else 2):
            what = "an LSTM with a projection (proj_size) is no op"
            raise door.recorder.error("UNKNOWN_CALL", what, "write its steps out")
        if train and dropout and layers > 1:
            one = (has_bias, 1, 0.0, False, bidirectional, batch_first)
            return _stacked(handler, door, x, states, flat, layers, dropout, one)
        x = x.transpose(0, 1) if batch_first else x
        with door.paused():
            given = states if len(states) > 1 else states[0]
            results = call(x, given, flat, has_bias, layers, 0.0, False, bidirectional, False)
        made = {"layers": layers, "bidirectional": bidirectional, "has_bias": has_bias, **more}
        matched(door, op, (x, *states, flat), list(results), **made)
        y, *after = results
        return (y.transpose(0, 1) if batch_first else y, *after)

    return handler


def _stacked(
    handler: Any,
    door: TorchDoor,
    x: Any,
    states: tuple[Any, ...],
    flat: tuple[Any, ...],
    layers: int,
    dropout: float,
    one: tuple[Any, ...],
) -> tuple[Any, ...]:
    """Run layer by layer, with dropout between them."""
    rows, count = len(flat) // layers, 2 if one[4] else 1
    after: list[tuple[Any, ...]] = []
    for layer in range(layers):
        x = functional.dropout(x, dropout) if layer else x
        own = tuple(s[layer * count : (layer + 1) * count] for s in states)
        x, *last = handler(door, x, own, flat[layer * rows : (layer + 1) * rows], *one)
        after.append(tuple(last))
    return (x, *(torch.cat(parts, 0) for parts in zip(*after, strict=True)))


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch.lstm_cell": _lstm_cell,
    "torch.gru_cell": _gru_cell,
    "torch.rnn_tanh_cell": _plain_cell(torch.tanh),
    "torch.rnn_relu_cell": _plain_cell(torch.relu),
    **packed.TABLE,
    "torch.lstm": _layers("lstm", torch.lstm),
    "torch.gru": _layers("gru", torch.gru),
    "torch.rnn_tanh": _layers("rnn", torch.rnn_tanh, nonlinearity="tanh"),
    "torch.rnn_relu": _layers("rnn", torch.rnn_relu, nonlinearity="relu"),
}
