"""All architectures, and the dozen that every change runs."""

from __future__ import annotations

from benchmarks.architectures.hugging_face import HUGGING_FACE
from benchmarks.architectures.images import IMAGES
from benchmarks.architectures.plain import PLAIN

CORPUS = (*PLAIN, *HUGGING_FACE, *IMAGES)
QUICK = ("nn-lstm", "nn-transformer-encoder", "seq2seq-attention", "graph-convolution", "unet",
         "bert", "gpt2", "llama", "t5", "vit", "timm-resnet", "timm-vit")  # fmt: skip
