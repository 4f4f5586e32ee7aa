"""Diffusion transformers, conditioned networks and autoencoders of `diffusers`."""

from __future__ import annotations

from typing import Any, Final

import torch

from benchmarks.architectures.entry import image
from benchmarks.architectures.images import BLOCKS, diffusers

_HEADS: Final = {"num_attention_heads": 2, "attention_head_dim": 8}


def _latents(batch: int, edge: int) -> dict[str, Any]:
    return {"hidden_states": torch.randn(batch, 4, edge, edge), "timestep": torch.full((batch,), 5)}


def _classes(batch: int, edge: int) -> dict[str, Any]:
    return {**_latents(batch, edge), "class_labels": torch.full((batch,), 3)}


def _captioned(batch: int, edge: int) -> dict[str, Any]:
    return {**_latents(batch, edge), "encoder_hidden_states": torch.randn(batch, 5, 12)}


def _pooled(batch: int, edge: int) -> dict[str, Any]:
    return {**_captioned(batch, edge), "pooled_projections": torch.randn(batch, 16)}


def _packed(batch: int, count: int) -> dict[str, Any]:
    places = torch.zeros(count, 3)
    places[:, 1] = torch.arange(count)
    return {
        "hidden_states": torch.randn(batch, count, 8),
        "encoder_hidden_states": torch.randn(batch, 5, 16),
        "pooled_projections": torch.randn(batch, 16),
        "timestep": torch.rand(batch),
        "img_ids": places,
        "txt_ids": torch.zeros(5, 3),
    }


def _sized(batch: int, edge: int) -> dict[str, Any]:
    added = {"text_embeds": torch.randn(batch, 32), "time_ids": torch.randn(batch, 6)}
    return {
        "sample": torch.randn(batch, 4, edge, edge),
        "timestep": torch.tensor(5),
        "encoder_hidden_states": torch.randn(batch, 5, 16),
        "added_cond_kwargs": added,
    }


def _controlled(batch: int, edge: int) -> dict[str, Any]:
    return {
        "sample": torch.randn(batch, 4, edge, edge),
        "timestep": torch.tensor(5),
        "encoder_hidden_states": torch.randn(batch, 5, 16),
        "controlnet_cond": torch.randn(batch, 3, 2 * edge, 2 * edge),
    }


def _frames(batch: int, edge: int) -> dict[str, Any]:
    return {"sample": torch.randn(batch, 3, 5, edge, edge)}


DIFFUSION = (
    diffusers("dit", "DiTTransformer2DModel", _classes, 16, **_HEADS, num_layers=2,
              num_embeds_ada_norm=10, sample_size=16, norm_num_groups=8),
    diffusers("sd3-transformer", "SD3Transformer2DModel", _pooled, 16, 24, **_HEADS, num_layers=2,
              in_channels=4, out_channels=4, sample_size=16, joint_attention_dim=12,
              caption_projection_dim=16, pooled_projection_dim=16, pos_embed_max_size=24),
    diffusers("flux-transformer", "FluxTransformer2DModel", _packed, 9, 16, in_channels=8,
              num_layers=1, num_single_layers=1, num_attention_heads=2, attention_head_dim=16,
              joint_attention_dim=16, pooled_projection_dim=16, axes_dims_rope=(4, 4, 8)),
    diffusers("sana-transformer", "SanaTransformer2DModel", _captioned, 8, 12, **_HEADS,
              in_channels=4, out_channels=4, num_layers=2, num_cross_attention_heads=2,
              cross_attention_head_dim=8, cross_attention_dim=16, caption_channels=12,
              sample_size=8),
    diffusers("unet-sdxl", "UNet2DConditionModel", _sized, 16, 24, **BLOCKS, sample_size=16,
              down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
              up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=(2, 4),
              use_linear_projection=True, addition_embed_type="text_time",
              addition_time_embed_dim=8, projection_class_embeddings_input_dim=80,
              cross_attention_dim=16),
    diffusers("controlnet", "ControlNetModel", _controlled, 16, 24, **BLOCKS,
              down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), cross_attention_dim=16,
              attention_head_dim=4, conditioning_embedding_out_channels=(8, 16)),
    diffusers("vq-model", "VQModel", image("sample"), 16, 24, **BLOCKS, num_vq_embeddings=16,
              down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
              up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D")),
    diffusers("wan-vae", "AutoencoderKLWan", _frames, 16, 24, base_dim=4, z_dim=4, dim_mult=[1, 1],
              num_res_blocks=1, temperal_downsample=[True], latents_mean=(0.0,) * 4,
              latents_std=(1.0,) * 4),
)  # fmt: skip
