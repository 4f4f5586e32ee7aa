"""Architectures of `timm`, torchvision, `diffusers` and `torch_geometric`."""

from __future__ import annotations

import importlib
from typing import Any

import torch

from benchmarks.architectures.entry import Architecture, image


def _timm(
    name: str, model: str, edge: int = 64, other: int | None = 96, **given: Any
) -> Architecture:
    def make() -> Any:
        import timm

        return timm.create_model(model, pretrained=False, num_classes=10, **given)

    return Architecture(f"timm-{name}", "timm", "vision", make, image(), edge, other)


def _torchvision(
    name: str, model: str, edge: int = 64, other: int | None = 96, family: str = "vision",
    **given: Any,
) -> Architecture:  # fmt: skip
    def make() -> Any:
        where, _, kind = f"torchvision.models.{model}".rpartition(".")
        return getattr(importlib.import_module(where), kind)(weights=None, **given)

    parameter = "input" if "lraspp" in model else "x"
    return Architecture(f"tv-{name}", "torchvision", family, make, image(parameter), edge, other)


def _tv_vit() -> Any:
    from torchvision.models import VisionTransformer

    return VisionTransformer(32, 8, 2, 4, 32, 64, num_classes=10)


def _nest() -> Any:
    from timm.models.nest import Nest

    return Nest(img_size=64, depths=(1, 1, 1), embed_dims=(24, 48, 96), num_heads=(3, 6, 12))


def diffusers(name: str, model: str, inputs: Any, *sizes: int, **given: Any) -> Architecture:
    def make() -> Any:
        import diffusers

        return getattr(diffusers, model)(**given)

    return Architecture(name, "diffusers", "diffusion", make, inputs, *sizes)


def _noisy(batch: int, edge: int) -> dict[str, Any]:
    return {"sample": torch.randn(batch, 3, edge, edge), "timestep": torch.tensor(5)}


def _conditioned(batch: int, edge: int) -> dict[str, Any]:
    return {
        "sample": torch.randn(batch, 4, edge, edge),
        "timestep": torch.tensor(5),
        "encoder_hidden_states": torch.randn(batch, 6, 16),
    }


BLOCKS = {
    "block_out_channels": (16, 32),
    "layers_per_block": 1,
    "norm_num_groups": 8,
}

IMAGES = (
    _timm("resnet", "resnet10t"),
    _timm("vit", "vit_tiny_patch16_224", 64, None, img_size=64, depth=2, embed_dim=48),
    _timm("vit-relpos", "vit_relpos_small_patch16_224", 64, None, img_size=64, depth=2,
          embed_dim=48, num_heads=3),
    _timm("mobilenetv3", "mobilenetv3_small_050"),
    _timm("efficientnet", "efficientnet_lite0"),
    _timm("mixer", "mixer_s32_224", 64, None, img_size=64),
    _timm("convnext", "convnext_atto", depths=(1, 1, 1, 1)),
    _timm("regnet", "regnetx_002"),
    _timm("swin", "swin_tiny_patch4_window7_224", 56, None, img_size=56, depths=(1, 2),
          embed_dim=24, num_heads=(2, 4)),
    _timm("ghostnet", "ghostnet_050"),
    _timm("densenet", "densenet121", block_config=(2, 2, 2, 2)),
    _timm("poolformer", "poolformer_s12"),
    _timm("repvgg", "repvgg_a0"),
    _timm("mobilevit", "mobilevit_xxs"),
    _timm("xcit", "xcit_nano_12_p16_224", depth=2),
    _timm("edgenext", "edgenext_xx_small"),
    _timm("hrnet", "hrnet_w18_small"),
    _timm("coatnet", "coatnet_nano_rw_224", 64, None, img_size=64),
    _timm("efficientformer", "efficientformer_l1", 224, None),
    _timm("levit", "levit_128s", 224, None),
    _timm("volo", "volo_d1_224", 64, None, img_size=64),
    _timm("cait", "cait_xxs24_224", 64, None, img_size=64, depth=2),
    _timm("nfnet", "nf_resnet26"),
    _timm("fastvit", "fastvit_t8"),
    _timm("davit", "davit_tiny", depths=(1, 1, 1, 1), embed_dims=(16, 32, 64, 128),
          num_heads=(1, 2, 4, 8)),
    _timm("eva02", "eva02_tiny_patch14_224", 56, None, img_size=56, depth=2),
    _timm("sequencer", "sequencer2d_s", 64, None, img_size=64),
    _timm("hiera", "hiera_tiny_224", 64, None, img_size=64, stages=(1, 1, 1, 1), embed_dim=32,
          num_heads=1),
    Architecture("timm-nest", "timm", "vision", _nest, image("x"), 64, None),
    _timm("sam2-hiera", "sam2_hiera_tiny", 64, 96, stages=(1, 1, 1, 1), embed_dim=32,
          features_only=True),
    _timm("naflexvit", "naflexvit_base_patch16_gap", 64, 96, img_size=64, depth=2,
          embed_dim=48, num_heads=3),
    _timm("pvt-v2", "pvt_v2_b0"),
    _timm("twins", "twins_svt_small", 64, None, img_size=64, depths=(1, 1, 1, 1)),
    _torchvision("resnet18", "resnet18"),
    _torchvision("mobilenet-v2", "mobilenet_v2"),
    _torchvision("squeezenet", "squeezenet1_1"),
    _torchvision("shufflenet", "shufflenet_v2_x0_5"),
    _torchvision("googlenet", "googlenet", init_weights=False, aux_logits=False),
    _torchvision("mnasnet", "mnasnet0_5"),
    _torchvision("efficientnet-b0", "efficientnet_b0"),
    Architecture("tv-vit", "torchvision", "vision", _tv_vit, image("x"), 32, None),
    _torchvision("deeplab", "segmentation.deeplabv3_mobilenet_v3_large", 64, 96, "segmentation",
                 weights_backbone=None),
    _torchvision("lraspp", "segmentation.lraspp_mobilenet_v3_large", 64, 96, "segmentation",
                 weights_backbone=None),
    diffusers("unet-2d", "UNet2DModel", _noisy, 16, 24, sample_size=16,
               down_block_types=("DownBlock2D", "AttnDownBlock2D"),
               up_block_types=("AttnUpBlock2D", "UpBlock2D"), attention_head_dim=8, **BLOCKS),
    diffusers("unet-2d-condition", "UNet2DConditionModel", _conditioned, 16, 24, sample_size=16,
               down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
               up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=4,
               cross_attention_dim=16, **BLOCKS),
    diffusers("autoencoder-kl", "AutoencoderKL", image("sample"), 16, 24,
               down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
               up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"), **BLOCKS),
)  # fmt: skip
