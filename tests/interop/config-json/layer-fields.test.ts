import { formatCount } from "#format/numbers.ts";
import { describe, expect, test } from "vitest";
import type { CountField } from "#interop/config-json/count-fields.ts";
import { readCounts } from "#interop/config-json/layer-fields.ts";

/** What other config classes call our fields. */
const OTHER_NAMES: Readonly<Partial<Record<CountField, string>>> = {
  num_hidden_layers: "n_layer num_layers n_layers",
  hidden_size: "n_embd d_model n_embed",
  num_attention_heads: "n_head num_heads n_heads",
  num_key_value_heads: "num_kv_heads n_kv_heads",
  head_dim: "attention_head_dim",
  intermediate_size: "n_inner ffn_dim ffn_hidden_size ff_intermediate_size block_ff_dim",
  vocab_size: "padded_vocab_size",
  max_position_embeddings: "n_positions max_sequence_length seq_length n_ctx max_seq_len",
  num_experts: "num_local_experts n_routed_experts moe_num_experts",
  num_experts_per_tok: "num_experts_per_token top_k_experts experts_top_k moe_top_k",
  moe_intermediate_size: "expert_intermediate_size",
  n_shared_experts: "num_shared_experts",
  shared_expert_intermediate_size: "shared_intermediate_size moe_shared_expert_intermediate_size",
  mamba_n_heads: "mamba_num_heads",
  mamba_d_head: "mamba_head_dim",
  mamba_d_state: "ssm_state_size",
  mamba_n_groups: "n_groups",
  mamba_d_conv: "conv_kernel",
};
const NAMES = Object.entries(OTHER_NAMES).flatMap(([field, names]) =>
  [field, ...names.split(" ")].map((name) => [name, field] as const),
);

/** Fields that no other class names otherwise. */
const ONE_NAME = [
  "word_embed_proj_dim",
  "sliding_window",
  "sliding_window_pattern",
  "first_k_dense_replace",
  "interleave_moe_layer_step",
  "intermediate_size_mlp",
  "q_lora_rank",
  "kv_lora_rank",
  "qk_nope_head_dim",
  "qk_rope_head_dim",
  "v_head_dim",
  "full_attention_interval",
  "linear_num_value_heads",
  "linear_num_key_heads",
  "linear_key_head_dim",
  "linear_value_head_dim",
  "linear_conv_kernel_dim",
  "conv_L_cache",
  "num_kv_shared_layers",
  "hidden_size_per_layer_input",
  "vocab_size_per_layer_input",
  "altup_num_inputs",
  "laurel_rank",
  "num_global_key_value_heads",
  "global_head_dim",
].map((name) => [name, name] as const);

describe("a count of a config.json", () => {
  test.each([...NAMES, ...ONE_NAME])("under the name %s is our %s", (name, field) => {
    expect(readCounts({ [name]: 7 })).toEqual({ counts: { [field]: 7 }, issues: [] });
  });

  test("is taken under our name where a file has several", () => {
    expect(readCounts({ n_embd: 1, d_model: 2, hidden_size: 3 }).counts).toEqual({ hidden_size: 3 });
    expect(readCounts({ n_embd: 1, hidden_size: null }).counts).toEqual({ hidden_size: 1 });
  });

  test.each([
    ["num_hidden_layers", 4096],
    ["num_attention_heads", 8192],
    ["head_dim", 16_384],
    ["num_experts", 1024],
    ["altup_num_inputs", 64],
    ["hidden_size", 1_048_576],
    ["vocab_size", 16_777_216],
    ["max_position_embeddings", 2_147_483_648],
  ])("%s is %d at most", (name, most) => {
    expect(readCounts({ [name]: most }).counts).toEqual({ [name]: most });
    expect(readCounts({ [name]: most + 1 })).toEqual({
      counts: {},
      issues: [
        {
          code: "out-of-range",
          key: name,
          value: String(most + 1),
          used: "",
          message: `a number from 1 to ${formatCount(most)} was expected for ${name}, not ${most + 1}; it is left out.`,
        },
      ],
    });
  });

  test("that is no whole number is left out and named", () => {
    expect(readCounts({ hidden_size: 1.5 }).issues[0]?.message).toBe(
      "a whole number was expected for hidden_size, not 1.5; it is left out.",
    );
    expect(readCounts({ hidden_size: "64" }).issues[0]?.code).toBe("not-a-number");
  });

  test("of 0 is none, but for the layers before the first with experts", () => {
    expect(readCounts({ num_experts: 0, first_k_dense_replace: 0 })).toEqual({
      counts: { first_k_dense_replace: 0 },
      issues: [],
    });
  });

  test("may stand there layer by layer where it is always the same", () => {
    const layers = { num_layers: 3 };
    expect(readCounts({ ...layers, intermediate_size: [8192, 8192, 8192] }).counts).toMatchObject({
      intermediate_size: 8192,
    });
    expect(readCounts({ ...layers, intermediate_size: [8192, 8192, 4096] }).issues[0]?.code).toBe("not-a-number");
    expect(readCounts({ ...layers, intermediate_size: [8192] }).issues[0]?.code).toBe("not-a-number");
    expect(readCounts({ ...layers, hidden_size: [64, 64, 64] }).issues[0]?.code).toBe("not-a-number");
    expect(readCounts({ intermediate_size: [8192, 4096] }).issues[0]?.code).toBe("not-a-number");
    expect(readCounts({ intermediate_size: [] }).issues[0]).toMatchObject({ code: "not-a-number", value: "[]" });
  });
});
