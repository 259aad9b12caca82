"""A catalog architecture as the config of transformers; fields have their upstream names, so most go through as they are."""
import json
import subprocess
from pathlib import Path

from transformers import AutoConfig

RUN = Path(__file__).parent.parent / "terminal" / "run.mjs"

#: Names that a config class has of its own for what the catalog calls otherwise
GPT_NAMES = {
    "hidden_size": "n_embd",
    "num_hidden_layers": "n_layer",
    "num_attention_heads": "n_head",
    "max_position_embeddings": "n_positions",
}
OWN_NAMES = {
    "bloom": {"num_attention_heads": "n_head", "num_hidden_layers": "n_layer"},
    "falcon": {"intermediate_size": "ffn_hidden_size", "num_key_value_heads": "num_kv_heads"},
    "gpt2": GPT_NAMES,
    "gpt_bigcode": {**GPT_NAMES, "intermediate_size": "n_inner"},
    "gpt_neo": {"num_attention_heads": "num_heads", "num_hidden_layers": "num_layers"},
    "gptj": {**GPT_NAMES, "intermediate_size": "n_inner"},
    "opt": {"intermediate_size": "ffn_dim"},
    "gemma4_text": {"num_experts_per_tok": "top_k_experts"},
    "gpt_oss": {"num_experts": "num_local_experts"},
    "llama4": {"num_experts": "num_local_experts"},
    "granitemoehybrid": {"num_experts": "num_local_experts", "shared_expert_intermediate_size": "shared_intermediate_size"},
    "nemotron_h": {
        "num_experts": "n_routed_experts",
        "mamba_n_heads": "mamba_num_heads",
        "mamba_d_head": "mamba_head_dim",
        "mamba_d_state": "ssm_state_size",
        "shared_expert_intermediate_size": "moe_shared_expert_intermediate_size",
    },
    "mixtral": {"num_experts": "num_local_experts"},
    "granitemoe": {"num_experts": "num_local_experts"},
    "phimoe": {"num_experts": "num_local_experts"},
    "stablelm": {"qkv_bias": "use_qkv_bias"},
    "deepseek_v2": {"num_experts": "n_routed_experts"},
    "deepseek_v3": {"num_experts": "n_routed_experts"},
    "glm4_moe": {"num_experts": "n_routed_experts"},
    "glm4_moe_lite": {"num_experts": "n_routed_experts"},
}


def layer_types(architecture):
    """The kind of each layer that the row has."""
    return list(architecture["layer_types"])[: architecture["num_hidden_layers"]]


def without_windows(architecture):
    """The config class has windows unless it is told otherwise: EXAONE 4.0 1.2B has none."""
    return {"sliding_window": None, "layer_types": ["full_attention"] * architecture["num_hidden_layers"]}


def granite_hybrid(architecture):
    """Granite 4: positions where all layers attend, none beside Mamba; a shared MLP as wide as the only one where there are no experts."""
    kinds = {"mamba": "linear_attention", "attention": "full_attention"}
    layers = architecture["num_hidden_layers"]
    mixers = [kinds[each] for each in architecture.get("layer_types", ["attention"] * layers)[:layers]]
    shared = architecture.get("shared_expert_intermediate_size", architecture["intermediate_size"])
    return {
        "layer_types": mixers,
        "position_embedding_type": None if "layer_types" in architecture else "rope",
        "num_local_experts": architecture.get("num_experts", 0),
        "shared_intermediate_size": shared,
        # Unused where no layer has Mamba, but checked.
        "mamba_n_heads": architecture.get("mamba_n_heads", 2 * architecture["hidden_size"] // 64),
        "mamba_d_head": 64,
    }


#: What the modelling code of these types has whatever the catalog says, or the catalog says in another way
ALWAYS = {
    "exaone4": lambda a: {} if "sliding_window" in a else without_windows(a),
    "falcon": lambda a: {"new_decoder_architecture": a.get("norms_per_layer") == 2},
    "gemma4_text": lambda a: {
        "layer_types": a["layer_types"][: a["num_hidden_layers"]],
        "enable_moe_block": bool(a.get("num_experts")),
        "hidden_size_per_layer_input": a.get("hidden_size_per_layer_input", 0),
    },
    "gpt_neo": lambda a: {"attention_types": [[["global"], a["num_hidden_layers"]]]},
    "granitemoehybrid": granite_hybrid,
    "lfm2": lambda a: {"block_auto_adjust_ff_dim": False, "layer_types": layer_types(a)},
    "nemotron_h": lambda a: {"hybrid_override_pattern": a["hybrid_override_pattern"][: a["num_hidden_layers"]]},
    "glm": lambda a: {"attention_bias": bool(a.get("qkv_bias"))},
    "glm4": lambda a: {"attention_bias": bool(a.get("qkv_bias"))},
    "seed_oss": lambda a: {"attention_bias": True, "attention_out_bias": False},
    "mistral": lambda a: {"sliding_window": a.get("sliding_window")},
    "starcoder2": lambda a: {"use_bias": True},
    "stablelm": lambda a: {"qk_layernorm": bool(a.get("qk_norm"))},
    "cohere": lambda a: {"use_qk_norm": bool(a.get("qk_norm"))},
    "deepseek_v2": lambda a: {"q_lora_rank": a.get("q_lora_rank")},
    "deepseek_v3": lambda a: {"q_lora_rank": a.get("q_lora_rank")},
    "glm4_moe": lambda a: {"attention_bias": bool(a.get("qkv_bias")), "use_qk_norm": bool(a.get("qk_norm"))},
    "phimoe": lambda a: {"attention_bias": a["attention_bias"], "lm_head_bias": a["lm_head_bias"]},
    "llama4": lambda a: {"use_qk_norm": bool(a.get("qk_norm"))},
    "opt": lambda a: {"word_embed_proj_dim": a.get("word_embed_proj_dim", a["hidden_size"])},
}

#: Types whose heads are hidden_size / num_attention_heads wide, with no field for it, or have several widths
NO_HEAD_DIM = {
    "bloom", "deepseek_v2", "deepseek_v3", "exaone", "falcon", "glm4_moe_lite", "gpt2", "gpt_bigcode", "gpt_neo", "gpt_neox", "gptj",
    "minicpm3", "olmo", "opt", "phi", "stablelm",
}  # fmt: skip

#: What only Llama and Seed-OSS read; other types have these biases or have them not
BIASES = {"attention_bias", "mlp_bias"}

#: Types of models that see pictures: what their text decoder's own type is
TEXT_ONLY = {"llama4": "llama4_text", "qwen3_5": "qwen3_5_text", "qwen3_5_moe": "qwen3_5_moe_text"}

#: Descriptions, no settings
NOT_IN_CONFIGS = {
    "model_type", "mlp_type", "norm_type", "norms_per_layer", "layer_kinds", "mlp_kinds", "qk_norm", "lm_head_bias",
    "attention_out_bias", "embedding_norm", "hidden_act", "layer_types", "learned_positions",
}  # fmt: skip

#: Of models that see and hear too, the text decoder
TEXT_DECODERS = {"gemma3n": "gemma3n_text", "gemma4": "gemma4_text", "gemma4_unified": "gemma4_unified_text"}

#: Types that learn a vector for each position: as many as the model has. Others take what the row needs.
TABLE_OF_POSITIONS = {"gpt2", "gpt_bigcode", "gpt_neo", "gptj", "opt"}
LONGEST = 4096


def architectures_of_catalog():
    """Architectures of the catalog by id, from the project's own program."""
    printed = subprocess.run(["node", RUN, "architectures"], check=True, capture_output=True, text=True).stdout
    return json.loads(printed)


def config_of(architecture, layers):
    """The config of a model with so many layers."""
    model_type = TEXT_DECODERS.get(architecture["model_type"], architecture["model_type"])
    left_out = set(NOT_IN_CONFIGS)
    if model_type in NO_HEAD_DIM:
        left_out.add("head_dim")
    if model_type not in ("llama", "seed_oss"):
        left_out |= BIASES
    own = OWN_NAMES.get(model_type, {})
    fields = {own.get(name, name): value for name, value in architecture.items() if name not in left_out}
    fields.update({own.get("num_hidden_layers", "num_hidden_layers"): layers, "pad_token_id": 0, "use_cache": False})
    if "max_position_embeddings" in fields and model_type not in TABLE_OF_POSITIONS:
        fields["max_position_embeddings"] = max(fields["max_position_embeddings"], LONGEST)
    for name in fields:
        if name.endswith("softcapping"):
            fields[name] = float(fields[name])
    fields.update(ALWAYS.get(model_type, lambda a: {})({**architecture, "num_hidden_layers": layers}))
    return AutoConfig.for_model(TEXT_ONLY.get(model_type, model_type), **fields)
