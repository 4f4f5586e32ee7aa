"""Graph networks of `torch_geometric`: message passing over an edge list."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from benchmarks.architectures.entry import Architecture


class Layers(nn.Module):
    """Two layers of one kind."""

    def __init__(self, first: nn.Module, second: nn.Module) -> None:
        super().__init__()
        self.first, self.second = first, second

    def forward(self, x: torch.Tensor, edge_index: torch.Tensor) -> torch.Tensor:
        """Return features of nodes."""
        return self.second(self.first(x, edge_index).relu(), edge_index)


def _graph(batch: int, count: int) -> dict[str, Any]:
    nodes = 5 * count
    edges = torch.randint(0, nodes, (2, 10 * batch))
    return {"x": torch.randn(nodes, 8), "edge_index": edges}


def _layers(name: str, kind: str, hidden: int = 16, **given: Any) -> Architecture:
    def make() -> nn.Module:
        import torch_geometric.nn

        layer = getattr(torch_geometric.nn, kind)
        width = hidden * given.get("heads", 1)
        return Layers(layer(8, hidden, **given), layer(width, 4, **given))

    return Architecture(f"pyg-{name}", "torch_geometric", "graph", make, _graph)


GRAPHS = (
    _layers("gcn", "GCNConv"),
    _layers("gat", "GATConv", 8, heads=2),
    _layers("gatv2", "GATv2Conv", 8, heads=2),
    _layers("sage", "SAGEConv"),
    _layers("sage-max", "SAGEConv", aggr="max"),
    _layers("transformer", "TransformerConv"),
    _layers("cheb", "ChebConv", K=3),
    _layers("gen", "GENConv"),
    _layers("mf", "MFConv"),
)
