"""Recurrent cells of torch, written with its plain calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch
from torch.nn import functional

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


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch.lstm_cell": _lstm_cell,
    "torch.gru_cell": _gru_cell,
    "torch.rnn_tanh_cell": _plain_cell(torch.tanh),
    "torch.rnn_relu_cell": _plain_cell(torch.relu),
}
