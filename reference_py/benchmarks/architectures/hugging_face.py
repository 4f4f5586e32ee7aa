"""Architectures of `transformers`, made small from their config classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

from benchmarks.architectures.entry import Architecture, pixels, sound, text, translation, words

if TYPE_CHECKING:
    from benchmarks.architectures.entry import Inputs

VOCABULARY: Final = {"vocab_size": 99, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
SMALL: Final = {
    **VOCABULARY,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 64,
}
DECODER: Final = {**SMALL, "num_key_value_heads": 2, "head_dim": 8, "use_cache": False}
_GPT: Final = {**VOCABULARY, "n_embd": 32, "n_layer": 2, "n_head": 4, "use_cache": False}
_T5: Final = {
    **VOCABULARY, "d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4,
    "use_cache": False,
}  # fmt: skip
BART: Final = {
    **VOCABULARY,
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": 64,
    "use_cache": False,
}
PATCHES: Final = {**SMALL, "image_size": 32, "patch_size": 8}
_SOUND: Final = {
    **SMALL,
    "conv_dim": (16, 16),
    "conv_kernel": (10, 3),
    "conv_stride": (5, 2),
    "num_feat_extract_layers": 2,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 4,
    "apply_spec_augment": False,
}


class Cached(torch.nn.Module):
    """A decoder that takes the keys and values of earlier steps, and returns those with its own."""

    def __init__(self, decoder: Any) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, input_ids: torch.Tensor, past: list[tuple[torch.Tensor, ...]]) -> Any:
        """Return logits, and `past` longer by the new steps; one (key, value) a layer."""
        from transformers import DynamicCache

        cache = DynamicCache()
        for layer, (key, value) in enumerate(past):
            cache.update(key, value, layer)
        result = self.decoder(input_ids=input_ids, past_key_values=cache, use_cache=True)
        return result.logits, [(layer.keys, layer.values) for layer in cache.layers]


def _past(heads: int) -> Inputs:
    """Return what makes two new tokens, with a cache of as many steps as the size."""

    def inputs(batch: int, count: int) -> dict[str, Any]:
        shape = (batch, heads, count, 8)
        past = [(torch.randn(shape), torch.randn(shape)) for _ in range(2)]
        return {"input_ids": torch.randint(5, 90, (batch, 2)), "past": past}

    return inputs


def entry(
    name: str,
    family: str,
    model: str,
    config: dict[str, Any],
    inputs: Inputs,
    *sizes: int | None,
    cached: bool = False,
) -> Architecture:
    """Make an entry of a model class and what its config class takes."""

    def make() -> Any:
        import transformers

        transformers.logging.set_verbosity_error()
        kind = getattr(transformers, model)
        made = kind(kind.config_class(**config))
        return Cached(made) if cached else made

    return Architecture(name, "transformers", family, make, inputs, *sizes)


def _spectrum(batch: int, frames: int) -> dict[str, Any]:
    return {
        "input_features": torch.randn(batch, 16, frames),
        "decoder_input_ids": torch.randint(5, 90, (batch, 4)),
    }


def _frames(batch: int, frames: int) -> dict[str, Any]:
    return {
        "input_features": torch.randn(batch, frames, 16),
        "decoder_input_ids": torch.randint(5, 90, (batch, 4)),
    }


def _captions(batch: int, count: int) -> dict[str, Any]:
    return {**text(batch, count), "pixel_values": torch.randn(batch, 3, 32, 32)}


_TEXT_PART: Final = {**SMALL, "projection_dim": 16}
_STAGES: Final = {
    "hidden_sizes": [16, 24], "depths": [1, 1], "num_stages": 2, "num_channels": 3,
}  # fmt: skip

ENCODERS = (
    entry("bert", "encoder", "BertModel", SMALL, text),
    entry("roberta", "encoder", "RobertaModel", SMALL, text),
    entry("xlm-roberta", "encoder", "XLMRobertaModel", SMALL, text),
    entry("electra", "encoder", "ElectraModel", {**SMALL, "embedding_size": 16}, text),
    entry("albert", "encoder", "AlbertModel", {**SMALL, "embedding_size": 16}, text),
    entry("deberta", "encoder", "DebertaModel",
           {**SMALL, "relative_attention": True, "pos_att_type": ["c2p", "p2c"]}, text),
    entry("deberta-v2", "encoder", "DebertaV2Model",
           {**SMALL, "relative_attention": True, "pos_att_type": ["c2p", "p2c"]}, text),
    entry("distilbert", "encoder", "DistilBertModel",
           {"vocab_size": 99, "dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 64}, text),
    entry("mobilebert", "encoder", "MobileBertModel",
           {**SMALL, "embedding_size": 16, "intra_bottleneck_size": 16}, text),
    entry("mpnet", "encoder", "MPNetModel", SMALL, text),
    entry("fnet", "encoder", "FNetModel", SMALL, words),
    entry("roformer", "encoder", "RoFormerModel", SMALL, text),
    entry("squeezebert", "encoder", "SqueezeBertModel",
           {**SMALL, "embedding_size": 32, "q_groups": 2, "k_groups": 2, "v_groups": 2}, text),
    entry("modernbert", "encoder", "ModernBertModel", SMALL, text),
    entry("convbert", "encoder", "ConvBertModel", {**SMALL, "embedding_size": 32}, text),
    entry("xlnet", "encoder", "XLNetModel",
           {**VOCABULARY, "d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 64,
            "use_mems_eval": False}, text),
    entry("layoutlm", "encoder", "LayoutLMModel", SMALL, text),
)  # fmt: skip

DECODERS = (
    entry("gpt2", "decoder", "GPT2LMHeadModel", _GPT, text),
    entry("gpt-neo", "decoder", "GPTNeoModel",
           {**VOCABULARY, "hidden_size": 32, "num_layers": 2, "num_heads": 4, "use_cache": False,
            "attention_types": [[["global", "local"], 1]], "window_size": 4}, text),
    entry("gpt-neox", "decoder", "GPTNeoXModel", {**SMALL, "use_cache": False}, text),
    entry("gptj", "decoder", "GPTJModel", {**_GPT, "rotary_dim": 4}, text),
    entry("llama", "decoder", "LlamaForCausalLM", DECODER, text),
    entry("mistral", "decoder", "MistralModel", {**DECODER, "sliding_window": 4}, text),
    entry("mixtral", "decoder", "MixtralModel",
           {**DECODER, "num_local_experts": 4, "experts_implementation": "eager"}, text),
    entry("qwen2", "decoder", "Qwen2Model", DECODER, text),
    entry("qwen3", "decoder", "Qwen3Model", DECODER, text),
    entry("gemma2", "decoder", "Gemma2Model", DECODER, text),
    entry("phi", "decoder", "PhiModel", {**SMALL, "use_cache": False}, text),
    entry("opt", "decoder", "OPTModel",
           {**VOCABULARY, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
            "ffn_dim": 64, "word_embed_proj_dim": 32, "use_cache": False}, text),
    entry("bloom", "decoder", "BloomModel", _GPT, text),
    entry("falcon", "decoder", "FalconModel", {**SMALL, "use_cache": False}, text),
    entry("olmo2", "decoder", "Olmo2Model", DECODER, text),
    entry("mamba", "decoder", "MambaModel",
           {**VOCABULARY, "hidden_size": 16, "num_hidden_layers": 2, "state_size": 4,
            "use_cache": False}, words),
    entry("gpt2-cached", "decoder", "GPT2LMHeadModel", {**_GPT, "use_cache": True},
           _past(4), cached=True),
    entry("llama-cached", "decoder", "LlamaForCausalLM", {**DECODER, "use_cache": True},
           _past(2), cached=True),
)  # fmt: skip

BOTH = (
    entry("t5", "enc-dec", "T5Model", _T5, translation),
    entry("bart", "enc-dec", "BartModel", BART, translation),
    entry("mbart", "enc-dec", "MBartModel", BART, translation),
    entry("pegasus", "enc-dec", "PegasusModel", BART, translation),
    entry("marian", "enc-dec", "MarianModel", {**BART, "decoder_start_token_id": 0},
           translation),
    entry("whisper", "speech", "WhisperModel",
           {**BART, "num_mel_bins": 16, "max_source_positions": 20,
            "max_target_positions": 30, "decoder_start_token_id": 1}, _spectrum, 40, None),
    entry("speech-to-text", "speech", "Speech2TextModel",
           {**BART, "input_feat_per_channel": 16, "conv_channels": 32, "decoder_start_token_id": 1,
            "max_source_positions": 100, "max_target_positions": 30}, _frames, 40, 52),
    entry("wav2vec2", "speech", "Wav2Vec2Model", _SOUND, sound, 400, 620),
    entry("hubert", "speech", "HubertModel", _SOUND, sound, 400, 620),
    entry("wavlm", "speech", "WavLMModel", _SOUND, sound, 400, 620),
)  # fmt: skip

VISION = (
    entry("vit", "vision", "ViTModel", PATCHES, pixels, 32, None),
    entry("deit", "vision", "DeiTModel", PATCHES, pixels, 32, None),
    entry("beit", "vision", "BeitModel", PATCHES, pixels, 32, None),
    entry("dinov2", "vision", "Dinov2Model", PATCHES, pixels, 32, 48),
    entry("clip", "vision", "CLIPModel",
           {"text_config": _TEXT_PART, "vision_config": PATCHES, "projection_dim": 16}, _captions),
    entry("siglip", "vision", "SiglipVisionModel", PATCHES, pixels, 32, None),
    entry("convnext", "vision", "ConvNextModel", _STAGES, pixels, 32, 64),
    entry("resnet", "vision", "ResNetModel", {**_STAGES, "embedding_size": 16}, pixels, 32, 64),
    entry("swin", "vision", "SwinModel",
           {"image_size": 32, "patch_size": 2, "embed_dim": 16, "depths": [2, 2],
            "num_heads": [2, 4], "window_size": 4}, pixels, 32, 64),
    entry("segformer", "vision", "SegformerModel",
           {"num_encoder_blocks": 2, "depths": [1, 1], "sr_ratios": [4, 2],
            "hidden_sizes": [16, 32], "patch_sizes": [7, 3], "strides": [4, 2],
            "num_attention_heads": [1, 2], "mlp_ratios": [2, 2]}, pixels, 64, 96),
    entry("yolos", "detection", "YolosForObjectDetection",
           {**PATCHES, "image_size": [32, 32], "num_detection_tokens": 5}, pixels, 32, 48),
    entry("detr", "detection", "DetrModel",
           {"use_timm_backbone": False, "use_pretrained_backbone": False, "backbone": None,
            "backbone_config": {"model_type": "resnet", **_STAGES, "embedding_size": 16,
                                "out_features": ["stage2"]},
            "d_model": 32, "encoder_layers": 1, "decoder_layers": 1, "num_queries": 5,
            "encoder_attention_heads": 4, "decoder_attention_heads": 4, "encoder_ffn_dim": 32,
            "decoder_ffn_dim": 32}, pixels, 64, 96),
)  # fmt: skip

HUGGING_FACE = (*ENCODERS, *DECODERS, *BOTH, *VISION)
