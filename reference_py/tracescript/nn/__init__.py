"""A small module library over `tracescript.ops`: enough to build and trace models without torch.

Parameter names and shapes equal torch's for the same layer, so a state dict moves over.
"""

from tracescript.nn.activation import (
    ELU,
    GELU,
    Dropout,
    Flatten,
    Identity,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from tracescript.nn.attention import MultiheadAttention, TransformerEncoderLayer
from tracescript.nn.container import ModuleDict, ModuleList, Sequential
from tracescript.nn.layer import Conv2d, Embedding, Linear
from tracescript.nn.module import Module, Parameter
from tracescript.nn.norm import BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm, RMSNorm
from tracescript.nn.pool import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from tracescript.nn.recurrent import GRUCell, LSTMCell, RNNCell

__all__ = [
    "ELU",
    "GELU",
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GroupNorm",
    "Identity",
    "LSTMCell",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MaxPool2d",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiheadAttention",
    "Parameter",
    "RMSNorm",
    "RNNCell",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "TransformerEncoderLayer",
]
