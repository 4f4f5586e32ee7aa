"""The measured ops: for each family its calls, as nodes of ours and as calls of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.author import Author, Writer, f32
from benchmarks.programs import arrays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript import ir

    Shape = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """One call: the shapes of what changes and of the weights, and who computes it.

    `ours` takes a writer and values, `theirs` the module torch and tensors. `squared` names the
    weights that are variances.
    """

    op: str
    note: str
    inputs: tuple[Shape, ...]
    weights: tuple[Shape, ...]
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    squared: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The op and its shapes."""
        shapes = " ".join("x".join(map(str, s)) for s in self.inputs[:1] + self.weights[:1])
        return f"{self.op} {shapes} {self.note}".rstrip()

    def data(self) -> tuple[list[Any], list[Any]]:
        """Return seeded inputs and weights; matrices are scaled so that products stay near 1."""
        inputs = arrays(*self.inputs)
        weights = [a * _scale(a.shape) for a in arrays(*self.weights)]
        for i in self.squared:
            weights[i] = np.square(weights[i]) + np.float32(0.1)
        return inputs, weights

    def model(self) -> ir.Model:
        """Return a model whose forward is this call."""

        def body(w: Writer, *values: ir.Value) -> list[Any]:
            made = self.ours(w, *values)
            return list(made) if isinstance(made, (list, tuple)) else [made]

        author = Author()
        function = author.function(
            "Op.forward",
            [(f"x{i}", f32(*s)) for i, s in enumerate(self.inputs)],
            body,
            bound=[(f"w{i}", f32(*s)) for i, s in enumerate(self.weights)],
        )
        author.method(function, self.data()[1])
        return author.model()


def _scale(shape: Shape) -> np.float32:
    return np.float32(1 if len(shape) < 2 else np.prod(shape[1:]) ** -0.5)


def _conv(
    n: int, c: int, size: int, filters: int, kernel: int, stride: int = 1, groups: int = 1
) -> Case:
    edge = kernel // 2 if kernel > stride else 0
    given = {"stride": [stride, stride], "padding": [edge] * 4, "groups": groups}
    return Case(
        "conv2d",
        f"/{stride} g{groups}" if groups > 1 else f"/{stride}",
        ((n, c, size, size),),
        ((filters, c // groups, kernel, kernel), (filters,)),
        lambda w, x, k, b: w("conv2d", x, k, b, **given),
        lambda t, x, k, b: t.conv2d(x, k, b, stride, edge, 1, groups),
    )


def _conv3d(n: int, c: int, size: int, filters: int, kernel: int) -> Case:
    edge = kernel // 2
    return Case(
        "conv3d",
        "/1",
        ((n, c, size, size, size),),
        ((filters, c, kernel, kernel, kernel), (filters,)),
        lambda w, x, k, b: w("conv3d", x, k, b, padding=[edge] * 6),
        lambda t, x, k, b: t.conv3d(x, k, b, 1, edge),
    )


def _conv_transpose(n: int, c: int, size: int, filters: int, kernel: int, stride: int) -> Case:
    edge = (kernel - stride) // 2
    given = {"stride": [stride] * 2, "padding": [edge] * 2}
    return Case(
        "conv_transpose2d",
        f"/{stride}",
        ((n, c, size, size),),
        ((c, filters, kernel, kernel), (filters,)),
        lambda w, x, k, b: w("conv_transpose2d", x, k, b, **given),
        lambda t, x, k, b: t.conv_transpose2d(x, k, b, stride, edge),
    )


def conv() -> Iterator[Case]:
    """Of ResNet-50 and MobileNet; a transformer's patches; volumes; a step of a generator."""
    yield _conv(1, 3, 224, 64, 7, 2)
    yield _conv(1, 64, 56, 64, 1)
    yield _conv(1, 64, 56, 256, 1)
    yield _conv(1, 64, 56, 64, 3)
    yield _conv(1, 128, 56, 128, 3, 2)
    yield _conv(1, 256, 56, 512, 1, 2)
    yield _conv(1, 128, 28, 128, 3)
    yield _conv(1, 256, 14, 256, 3)
    yield _conv(1, 1024, 14, 256, 1)
    yield _conv(1, 512, 7, 512, 3)
    yield _conv(4, 64, 56, 64, 3)
    yield _conv(8, 16, 32, 32, 3)
    yield _conv(1, 128, 56, 128, 3, groups=32)
    yield _conv(1, 96, 56, 96, 3, groups=96)
    yield _conv(1, 144, 56, 144, 3, 2, groups=144)
    yield _conv(1, 3, 224, 768, 16, 16)
    yield _conv3d(1, 16, 16, 32, 3)
    yield _conv_transpose(1, 128, 16, 64, 4, 2)


def _linear(rows: int, columns: int, results: int) -> Case:
    return Case(
        "linear",
        "",
        ((rows, columns),),
        ((results, columns), (results,)),
        lambda w, x, k, b: w("linear", x, k, b),
        lambda t, x, k, b: t.nn.functional.linear(x, k, b),
    )


def _matmul(x: Shape, y: Shape) -> Case:
    return Case(
        "matmul",
        "by " + "x".join(map(str, y)),
        (x, y),
        (),
        lambda w, a, b: w("matmul", a, b),
        lambda t, a, b: t.matmul(a, b),
    )


def product() -> Iterator[Case]:
    """Products of matrices."""
    yield _linear(1, 512, 512)
    yield _linear(1, 2048, 1000)
    yield _linear(64, 784, 512)
    yield _linear(128, 768, 3072)
    yield _matmul((512, 512), (512, 512))
    yield _matmul((12, 128, 64), (12, 64, 128))
    yield _matmul((16, 8, 8), (16, 8, 8))


def _attention(heads: int, length: int, width: int, causal: bool = False) -> Case:
    return Case(
        "attention",
        "causal" if causal else "",
        ((1, heads, length, width),) * 3,
        (),
        lambda w, q, k, v: w("scaled_dot_product_attention", q, k, v, is_causal=causal),
        lambda t, q, k, v: t.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal),
    )


def attention() -> Iterator[Case]:
    """Attention of a small and of a BERT-sized block."""
    yield _attention(12, 128, 64)
    yield _attention(12, 128, 64, causal=True)
    yield _attention(12, 512, 64)
    yield _attention(4, 32, 16)


def plain(op: str, shape: Shape, peer: Callable[..., Any], **given: Any) -> Case:
    text = " ".join(f"{k}={v}" for k, v in given.items())
    return Case(op, text, (shape,), (), lambda w, x: w(op, x, **given), peer)


def _layer_norm(*shape: int) -> Case:
    width = shape[-1]
    return Case(
        "layer_norm",
        "",
        (shape,),
        ((width,), (width,)),
        lambda w, x, k, b: w("layer_norm", x, k, b),
        lambda t, x, k, b: t.layer_norm(x, (width,), k, b),
    )


def _batch_norm(*shape: int) -> Case:
    channels = (shape[1],)
    return Case(
        "batch_norm",
        "",
        (shape,),
        (channels,) * 4,
        lambda w, x, m, v, k, b: w("batch_norm", x, m, v, k, b),
        lambda t, x, m, v, k, b: t.nn.functional.batch_norm(x, m, v, k, b),
        squared=(1,),
    )


def _batch_norm_train(*shape: int) -> Case:
    channels = (shape[1],)
    return Case(
        "batch_norm_train",
        "",
        (shape,),
        (channels,) * 4,
        lambda w, x, m, v, k, b: w("batch_norm_train", x, m, v, k, b),
        lambda t, x, m, v, k, b: t.nn.functional.batch_norm(x, m, v, k, b, training=True),
        squared=(1,),
    )


def norm() -> Iterator[Case]:
    """Normalisations and softmax."""
    yield plain("softmax", (128, 1000), lambda t, x: t.softmax(x, -1), dim=-1)
    yield plain("softmax", (12, 128, 128), lambda t, x: t.softmax(x, -1), dim=-1)
    yield plain("softmax", (12, 512, 512), lambda t, x: t.softmax(x, -1), dim=-1)
    yield plain("softmax", (1, 21, 64, 64), lambda t, x: t.softmax(x, 1), dim=1)
    yield plain("log_softmax", (128, 1000), lambda t, x: t.log_softmax(x, -1), dim=-1)
    yield _layer_norm(128, 768)
    yield _layer_norm(4, 512, 1024)
    yield _layer_norm(8, 64)
    yield _batch_norm(1, 64, 112, 112)
    yield _batch_norm(8, 256, 14, 14)
    yield _batch_norm_train(8, 64, 28, 28)


def _pool(op: str, peer: str, *shape: int, kernel: int, stride: int, edge: int) -> Case:
    axes = len(shape) - 2
    given = {"kernel": [kernel] * axes, "stride": [stride] * axes, "padding": [edge] * axes}

    def ours(w: Writer, x: ir.Value) -> Any:
        made = w(op, x, **given)
        return made[0] if isinstance(made, tuple) else made

    return Case(
        op,
        f"{kernel}/{stride}",
        (shape,),
        (),
        ours,
        lambda t, x: getattr(t.nn.functional, peer)(x, kernel, stride, edge),
    )


def pool() -> Iterator[Case]:
    """Pooling."""
    largest = "max_pool2d"
    yield _pool(largest, largest, 1, 64, 112, 112, kernel=3, stride=2, edge=1)
    yield _pool(largest, largest, 8, 32, 32, 32, kernel=2, stride=2, edge=0)
    yield _pool("avg_pool2d", "avg_pool2d", 8, 64, 32, 32, kernel=2, stride=2, edge=0)
    yield _pool("max_pool3d", "max_pool3d", 1, 16, 16, 32, 32, kernel=3, stride=2, edge=1)
    yield _pool("avg_pool3d", "avg_pool3d", 1, 16, 16, 32, 32, kernel=2, stride=2, edge=0)
    yield Case(
        "adaptive_max_pool2d",
        "",
        ((1, 256, 14, 14),),
        (),
        lambda w, x: w("adaptive_max_pool2d", x, [7, 7])[0],
        lambda t, x: t.nn.functional.adaptive_max_pool2d(x, 7),
    )
    yield Case(
        "adaptive_avg_pool2d",
        "",
        ((1, 2048, 7, 7),),
        (),
        lambda w, x: w("adaptive_avg_pool2d", x, [1, 1]),
        lambda t, x: t.nn.functional.adaptive_avg_pool2d(x, 1),
    )
