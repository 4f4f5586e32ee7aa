"""More architectures of `transformers`: sparse attention, experts, state spaces, sound, images."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.architectures.entry import pixels, text, tokens, translation, words
from benchmarks.architectures.hugging_face import (
    BART,
    DECODER,
    PATCHES,
    SMALL,
    VOCABULARY,
    entry,
)


def _captions(batch: int, count: int) -> dict[str, Any]:
    return {**text(batch, count), "pixel_values": torch.randn(batch, 3, 32, 32)}


def _seen(batch: int, count: int) -> dict[str, Any]:
    """Return tokens behind the places of 16 patches."""
    ids = torch.cat([torch.full((batch, 16), 98), tokens(batch, count)], 1)
    mask = torch.ones_like(ids)
    return {"input_ids": ids, "attention_mask": mask, "pixel_values": torch.randn(batch, 3, 32, 32)}


def _boxes(batch: int, count: int) -> dict[str, Any]:
    corner = torch.randint(0, 40, (batch, count, 2))
    return {**text(batch, count), "bbox": torch.cat([corner, corner + 5], -1)}


def _spoken(batch: int, count: int) -> dict[str, Any]:
    return {
        "input_ids": tokens(batch, count),
        "attention_mask": torch.ones(batch, count, dtype=torch.int64),
        "decoder_input_values": torch.randn(batch, 6, 16),
        "speaker_embeddings": torch.randn(batch, 8),
    }


def _games(batch: int, count: int) -> dict[str, Any]:
    return {
        "states": torch.randn(batch, count, 5),
        "actions": torch.randn(batch, count, 3),
        "rewards": torch.randn(batch, count, 1),
        "returns_to_go": torch.randn(batch, count, 1),
        "timesteps": torch.randint(0, 20, (batch, count)),
        "attention_mask": torch.ones(batch, count, dtype=torch.int64),
    }


def _patches(batch: int, edge: int) -> dict[str, Any]:
    return {
        "pixel_values": torch.randn(batch, edge * edge, 48),
        "pixel_attention_mask": torch.ones(batch, edge * edge, dtype=torch.int64),
        "spatial_shapes": torch.full((batch, 2), edge),
    }


def _series(batch: int, _: int) -> dict[str, Any]:
    return {
        "past_values": torch.randn(batch, 10),
        "past_time_features": torch.randn(batch, 10, 1),
        "past_observed_mask": torch.ones(batch, 10),
        "future_values": torch.randn(batch, 4),
        "future_time_features": torch.randn(batch, 4, 1),
    }


def _points(batch: int, count: int) -> dict[str, Any]:
    points = torch.rand(batch, 1, count, 2) * 32
    return {"pixel_values": torch.randn(batch, 3, 32, 32), "input_points": points}


MORE = (
    entry("longformer", "encoder", "LongformerModel", {**SMALL, "attention_window": [4, 4]}, text,
          8, 12),
    entry("led", "enc-dec", "LEDModel", {**BART, "attention_window": 4,
          "max_encoder_position_embeddings": 64, "max_decoder_position_embeddings": 64},
          translation, 8, 12),
    entry("bigbird", "encoder", "BigBirdModel", {**SMALL, "attention_type": "original_full"},
          text),
    entry("bigbird-sparse", "encoder", "BigBirdModel", {**SMALL, "attention_type": "block_sparse",
          "block_size": 2, "num_random_blocks": 1}, text, 24, 28),
    entry("reformer", "encoder", "ReformerModel", {**SMALL, "attention_head_size": 8,
          "attn_layers": ["local", "local"], "local_attn_chunk_length": 4,
          "feed_forward_size": 32, "axial_pos_embds": False, "is_decoder": False,
          "use_cache": False}, text, 8, 12),
    entry("canine", "encoder", "CanineModel", {**SMALL, "max_position_embeddings": 64,
          "num_hash_buckets": 64, "local_transformer_stride": 8, "downsampling_rate": 4}, text,
          16, 24),
    entry("ibert", "encoder", "IBertModel", {**SMALL, "quant_mode": False}, text),
    entry("perceiver", "encoder", "PerceiverModel", {"num_latents": 4, "d_latents": 16,
          "d_model": 16, "num_blocks": 1, "num_self_attends_per_block": 2,
          "num_self_attention_heads": 2, "num_cross_attention_heads": 2}, lambda b,
          n: {"inputs": torch.randn(b, n, 16)}),
    entry("mamba2", "decoder", "Mamba2Model", {**VOCABULARY, "hidden_size": 16,
          "num_hidden_layers": 2, "state_size": 4, "num_heads": 4, "head_dim": 8, "n_groups": 1,
          "use_cache": False, "chunk_size": 4}, words),
    entry("rwkv", "decoder", "RwkvModel", {**VOCABULARY, "hidden_size": 16,
          "num_hidden_layers": 2, "attention_hidden_size": 16, "intermediate_size": 32,
          "use_cache": False}, words),
    entry("qwen2-moe", "decoder", "Qwen2MoeModel", {**DECODER, "num_experts": 4,
          "num_experts_per_tok": 2, "moe_intermediate_size": 16,
          "shared_expert_intermediate_size": 16, "experts_implementation": "eager"}, text),
    entry("deepseek-v3", "decoder", "DeepseekV3Model", {**DECODER, "num_key_value_heads": 4,
          "kv_lora_rank": 8, "q_lora_rank": 8, "qk_rope_head_dim": 4, "qk_nope_head_dim": 4,
          "v_head_dim": 8, "head_dim": 4, "n_routed_experts": 4, "num_experts_per_tok": 2,
          "n_group": 2, "topk_group": 1, "moe_intermediate_size": 16, "first_k_dense_replace": 1,
          "experts_implementation": "eager"}, text),
    entry("gemma3", "decoder", "Gemma3TextModel", {**DECODER, "query_pre_attn_scalar": 8,
          "sliding_window": 4, "layer_types": ["sliding_attention", "full_attention"]}, text),
    entry("phi3", "decoder", "Phi3Model", {**DECODER, "pad_token_id": 0}, text),
    entry("jamba", "decoder", "JambaModel", {**DECODER, "use_mamba_kernels": False,
          "num_experts": 2, "mamba_d_state": 4, "attn_layer_period": 2, "attn_layer_offset": 1,
          "expert_layer_period": 2, "expert_layer_offset": 1, "experts_implementation": "eager"},
          text),
    entry("swinv2", "vision", "Swinv2Model", {"image_size": 32, "patch_size": 2, "embed_dim": 16,
          "depths": [2, 2], "num_heads": [2, 4], "window_size": 4}, pixels, 32, 64),
    entry("dpt", "vision", "DPTModel", {**PATCHES}, pixels, 32, None),
    entry("focalnet", "vision", "FocalNetModel", {"image_size": 32, "patch_size": 4,
          "embed_dim": 16, "depths": [1, 1], "focal_levels": [2, 2], "focal_windows": [3, 3],
          "hidden_sizes": [16, 32]}, pixels, 32, 64),
    entry("encodec", "audio", "EncodecModel", {"num_filters": 4, "hidden_size": 8,
          "codebook_dim": 8, "codebook_size": 16, "num_lstm_layers": 1, "upsampling_ratios": [4,
          2], "target_bandwidths": [24.0], "sampling_rate": 1600}, lambda b,
          n: {"input_values": torch.randn(b, 1, n)}, 160, 240),
    entry("speecht5", "speech", "SpeechT5ForTextToSpeech", {**SMALL, "hidden_size": 16,
          "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
          "decoder_attention_heads": 2, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16,
          "num_mel_bins": 16, "speech_decoder_prenet_units": 8, "speech_decoder_postnet_units": 8,
          "reduction_factor": 1, "use_guided_attention_loss": False, "use_cache": False,
          "speech_decoder_prenet_dropout": 0.0, "speaker_embedding_dim": 8}, _spoken),
    entry("blip", "vision", "BlipForConditionalGeneration", {"text_config": {**SMALL,
          "encoder_hidden_size": 32, "use_cache": False}, "vision_config": PATCHES,
          "projection_dim": 16}, _captions),
    entry("llava", "vision", "LlavaForConditionalGeneration",
          {"text_config": {"model_type": "llama", **DECODER},
          "vision_config": {"model_type": "clip_vision_model", **PATCHES},
          "image_token_index": 98, "image_token_id": 98, "vision_feature_layer": -1}, _seen),
    entry("git", "vision", "GitModel", {**SMALL, "vision_config": PATCHES, "use_cache": False},
          _captions),
    entry("layoutlmv3", "encoder", "LayoutLMv3Model", {**SMALL, "coordinate_size": 6,
          "shape_size": 4, "visual_embed": False, "max_2d_position_embeddings": 64,
          "rel_pos_bins": 8, "max_rel_pos": 16, "rel_2d_pos_bins": 8, "max_rel_2d_pos": 16},
          _boxes),
    entry("patchtst", "series", "PatchTSTModel", {"num_input_channels": 2, "context_length": 16,
          "patch_length": 4, "patch_stride": 4, "d_model": 16, "num_attention_heads": 2,
          "num_hidden_layers": 2, "ffn_dim": 16}, lambda b, n: {"past_values": torch.randn(b, n,
          2)}, 16, None),
    entry("decision-transformer", "decoder", "DecisionTransformerModel", {"state_dim": 5,
          "act_dim": 3, "hidden_size": 16, "n_head": 2, "n_layer": 2, "max_ep_len": 20}, _games),
    entry("mask2former", "segmentation", "Mask2FormerModel",
          {"backbone_config": {"model_type": "swin", "image_size": 32, "patch_size": 2,
          "embed_dim": 16, "depths": [1, 1, 1, 1], "num_heads": [2, 2, 2, 2], "window_size": 4,
          "out_features": ["stage1", "stage2", "stage3", "stage4"]}, "feature_size": 32,
          "mask_feature_size": 32, "hidden_dim": 32, "encoder_feedforward_dim": 16,
          "encoder_layers": 1, "decoder_layers": 2, "num_attention_heads": 2,
          "dim_feedforward": 16, "num_queries": 4, "use_timm_backbone": False,
          "use_pretrained_backbone": False}, pixels, 64, 96),
    entry("sam", "segmentation", "SamModel", {"vision_config": {"hidden_size": 16,
          "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": 32, "patch_size": 8,
          "mlp_dim": 32, "output_channels": 16, "window_size": 2, "global_attn_indexes": [1],
          "num_pos_feats": 8}, "prompt_encoder_config": {"hidden_size": 16, "image_size": 32,
          "patch_size": 8, "mask_input_channels": 4}, "mask_decoder_config": {"hidden_size": 16,
          "mlp_dim": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
          "iou_head_hidden_dim": 8}}, _points, 2, 3),
    entry("musicgen-decoder", "audio", "MusicgenForCausalLM", {"vocab_size": 90,
          "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "ffn_dim": 16,
          "num_codebooks": 2, "pad_token_id": 0, "bos_token_id": 0, "use_cache": False,
          "max_position_embeddings": 64}, lambda b, n: {"input_ids": torch.randint(1, 89, (b * 2,
          n))}),
    entry("bark-semantic", "audio", "BarkSemanticModel", {"block_size": 32,
          "input_vocab_size": 90, "output_vocab_size": 90, "num_layers": 2, "num_heads": 2,
          "hidden_size": 16, "use_cache": False}, words),
    entry("autoformer", "series", "AutoformerModel", {"prediction_length": 4, "context_length": 8,
          "lags_sequence": [1, 2], "d_model": 16, "encoder_layers": 1, "decoder_layers": 1,
          "encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 16,
          "decoder_ffn_dim": 16, "num_time_features": 1, "moving_average": 3, "label_length": 2,
          "use_cache": False}, _series, 7, None),
    entry("qwen3-next", "decoder", "Qwen3NextModel", {**DECODER, "layer_types":
          ["linear_attention", "full_attention"], "linear_num_value_heads": 4,
          "linear_num_key_heads": 2, "linear_key_head_dim": 8, "linear_value_head_dim": 8,
          "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16,
          "shared_expert_intermediate_size": 16, "experts_implementation": "eager",
          "mlp_only_layers": [0, 1]}, words),
    entry("xlstm", "decoder", "xLSTMModel", {**VOCABULARY, "hidden_size": 32, "num_heads": 2,
          "num_hidden_layers": 2, "num_blocks": 2, "use_cache": False}, words, 7, None),
    entry("dinov3", "vision", "DINOv3ViTModel", PATCHES, pixels, 32, 48),
    entry("siglip2", "vision", "Siglip2VisionModel", {**SMALL, "num_patches": 16,
          "patch_size": 4}, _patches, 4, None),
)  # fmt: skip
