"""Trains the demo's digit classifier and writes its weights and test split.

Needs torch and scikit-learn: `python -m tools.train_digits`. Deterministic for one torch version.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

DATA = Path(__file__).resolve().parent.parent / "tracescript" / "cli" / "demo" / "data"


def network() -> nn.Sequential:
    """Build the layers under the names that the demo's `Digits` module uses."""
    layers = nn.Sequential()
    layers.add_module("conv1", nn.Conv2d(1, 8, 3, padding=1))
    layers.add_module("norm1", nn.BatchNorm2d(8))
    layers.add_module("relu1", nn.ReLU())
    layers.add_module("pool1", nn.MaxPool2d(2))
    layers.add_module("conv2", nn.Conv2d(8, 16, 3, padding=1))
    layers.add_module("norm2", nn.BatchNorm2d(16))
    layers.add_module("relu2", nn.ReLU())
    layers.add_module("pool2", nn.MaxPool2d(2))
    layers.add_module("flatten", nn.Flatten())
    layers.add_module("linear", nn.Linear(64, 10))
    return layers


def main() -> None:
    """Train 40 epochs on four fifths of the images; write weights and the other fifth."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 1, 8, 8)
    x_train, x_test, y_train, y_test = train_test_split(
        images, labels, test_size=360, random_state=0, stratify=labels
    )
    x = torch.tensor(x_train / 16, dtype=torch.float32)
    y = torch.tensor(y_train)
    model = network()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)
    for epoch in range(40):
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(epoch))
        for batch in order.split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        guess = model(torch.tensor(x_test / 16, dtype=torch.float32)).argmax(1).numpy()
    print(f"{int((guess == y_test).sum())} of {len(y_test)} test images right")
    kept = {k: v for k, v in model.state_dict().items() if "num_batches" not in k}
    np.savez_compressed(DATA / "digits_weights.npz", **{k: v.numpy() for k, v in kept.items()})
    np.savez_compressed(
        DATA / "digits_test.npz", images=x_test.astype(np.uint8), labels=y_test.astype(np.uint8)
    )


if __name__ == "__main__":
    main()
