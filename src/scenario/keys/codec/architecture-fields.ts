// Fields of an architecture in a link: tag, kind and range.

import type { Architecture } from "#calc/model/architecture.ts";
import type { NumberRange } from "#scenario/keys/key.ts";

type Tagged<Kind extends string> = Readonly<{ tag: string; field: keyof Architecture; kind: Kind }>;

/** Digits right after the tag; a `number` is whole. */
export type NumberField = Tagged<"number" | "decimal" | "flag"> & NumberRange;

/** A word after a colon: one of these, any where there are none. `0` stands for `false`. */
export type TextField = Tagged<"text"> & Readonly<{ words?: readonly string[] }>;

/** The kinds of layers, after a colon. */
export type ListField = Tagged<"list">;

/** Names of modules, after a colon. */
export type ModulesField = Tagged<"modules">;

/** A field of an architecture in a link: its tag, and what follows the tag. */
export type ArchitectureField = NumberField | TextField | ListField | ModulesField;

/** Larger than any width, count or rank in use; small enough that a product of three stays exact. */
const LARGEST = 2 ** 24;

const number = (tag: string, field: keyof Architecture, { min = 0, max = LARGEST } = {}): NumberField => ({
  tag,
  field,
  kind: "number",
  min,
  max,
});
const flag = (tag: string, field: keyof Architecture): NumberField => ({
  tag,
  field,
  kind: "flag",
  min: 0,
  max: 1,
});
const list = (tag: string, field: keyof Architecture): ListField => ({ tag, field, kind: "list" });
const text = (tag: string, field: keyof Architecture, words?: readonly string[]): TextField => ({
  tag,
  field,
  kind: "text",
  ...(words && { words }),
});

/** Layers, heads and experts beyond these are a mistake, and would only make the page slow. */
const LAYERS = { min: 1, max: 1024 };
const HEADS = { min: 1, max: 4096 };
/** The largest models have 512; where each expert is a module of its own, thousands would fill the memory of the page. */
const EXPERTS = { max: 1024 };
/** Gemma 3n has 4; each is a module of its own, too. */
const ALTUP_INPUTS = { max: 64 };
const WIDTH = { min: 1, max: 2 ** 20 };

/**
 * All fields of `Architecture` after `model_type`, in the order a link has them. The first eleven tags are fixed by the contract; the others make sure
 * that what was pasted survives the link. A tag is public: it is never given to another field.
 */
export const ARCHITECTURE_FIELDS: readonly ArchitectureField[] = [
  number("h", "hidden_size", WIDTH),
  number("f", "intermediate_size", { max: 2 ** 20 }),
  number("l", "num_hidden_layers", LAYERS),
  number("a", "num_attention_heads", HEADS),
  number("k", "num_key_value_heads", HEADS),
  number("d", "head_dim", { min: 1, max: 2 ** 14 }),
  number("v", "vocab_size", { min: 1 }),
  flag("t", "tie_word_embeddings"),
  number("e", "num_experts", EXPERTS),
  number("x", "num_experts_per_tok", EXPERTS),
  number("m", "moe_intermediate_size", { max: 2 ** 20 }),

  number("p", "max_position_embeddings", { min: 1, max: 2 ** 30 }),
  text("act", "hidden_act"),
  text("mlp", "mlp_type", ["gated", "plain"]),
  text("nt", "norm_type", ["rmsnorm", "layernorm", "layernorm_nobias", "none"]),
  number("nl", "norms_per_layer", { max: 16 }),
  flag("ab", "attention_bias"),
  flag("qb", "qkv_bias"),
  flag("ob", "attention_out_bias"),
  flag("mb", "mlp_bias"),
  flag("hb", "lm_head_bias"),
  text("qn", "qk_norm", ["0", "head", "full", "ln_per_head_nobias", "l2"]),
  number("lp", "learned_positions"),
  flag("en", "embedding_norm"),
  number("we", "word_embed_proj_dim"),
  number("sw", "sliding_window", { max: 2 ** 30 }),
  number("sp", "sliding_window_pattern", { max: 1024 }),
  { tag: "fs", field: "final_logit_softcapping", kind: "decimal", min: 0, max: LARGEST },
  { tag: "as", field: "attn_logit_softcapping", kind: "decimal", min: 0, max: LARGEST },

  number("ns", "n_shared_experts", EXPERTS),
  number("sm", "shared_expert_intermediate_size", { max: 2 ** 20 }),
  flag("sg", "shared_expert_gate"),
  number("kd", "first_k_dense_replace", { max: 1024 }),
  number("im", "interleave_moe_layer_step", { max: 1024 }),
  number("fm", "intermediate_size_mlp", { max: 2 ** 20 }),
  flag("rb", "router_bias"),
  flag("rc", "router_correction_bias"),
  flag("eb", "expert_bias"),
  flag("sk", "attention_sinks"),

  number("qr", "q_lora_rank"),
  number("kr", "kv_lora_rank"),
  number("qd", "qk_nope_head_dim"),
  number("rd", "qk_rope_head_dim"),
  number("vd", "v_head_dim"),

  list("lk", "layer_kinds"),
  list("mk", "mlp_kinds"),
  list("lt", "layer_types"),
  text("hp", "hybrid_override_pattern"),
  number("fi", "full_attention_interval", { max: 1024 }),
  flag("og", "attn_output_gate"),
  number("lv", "linear_num_value_heads"),
  number("lh", "linear_num_key_heads"),
  number("ld", "linear_key_head_dim"),
  number("lw", "linear_value_head_dim"),
  number("lc", "linear_conv_kernel_dim"),
  number("mh", "mamba_n_heads"),
  number("md", "mamba_d_head"),
  number("ms", "mamba_d_state"),
  number("mg", "mamba_n_groups"),
  number("mc", "mamba_d_conv"),
  number("cl", "conv_L_cache"),

  number("ks", "num_kv_shared_layers"),
  number("pl", "hidden_size_per_layer_input"),
  number("pv", "vocab_size_per_layer_input"),
  number("au", "altup_num_inputs", ALTUP_INPUTS),
  number("la", "laurel_rank"),
  number("gk", "num_global_key_value_heads"),
  number("gd", "global_head_dim"),
  flag("ke", "attention_k_eq_v"),
  flag("dw", "use_double_wide_mlp"),

  { tag: "pr", field: "partial_rotary_factor", kind: "decimal", min: 0, max: 1 },

  { tag: "nq", field: "llm_int8_skip_modules", kind: "modules" },
];
