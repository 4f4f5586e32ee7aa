"""All architectures, and the dozen that every change runs."""

from __future__ import annotations

from benchmarks.architectures.diffusion import DIFFUSION
from benchmarks.architectures.graphs import GRAPHS
from benchmarks.architectures.hugging_face import HUGGING_FACE
from benchmarks.architectures.images import IMAGES
from benchmarks.architectures.plain import PLAIN
from benchmarks.architectures.transformers_more import MORE

CORPUS = (*PLAIN, *GRAPHS, *HUGGING_FACE, *MORE, *IMAGES, *DIFFUSION)
QUICK = ("nn-lstm", "nn-transformer-encoder", "seq2seq-attention", "graph-convolution", "unet",
         "bert", "gpt2", "llama", "t5", "vit", "timm-resnet", "timm-vit")  # fmt: skip
