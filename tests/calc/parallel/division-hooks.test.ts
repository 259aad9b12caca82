import { expect, test } from "vitest";
import { CUDA } from "#calc/base/machine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Division } from "#calc/model/scenario.ts";
import { divisionHooks, type DivisionStyle, divisionStyles } from "#calc/parallel/tensor-parallel-hooks.ts";
import { tapeOptionsOf } from "#calc/step/step-options.ts";
import { backward } from "#calc/tape/backward.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { sumTo } from "#calc/tape/ops/reductions.ts";
import { bind } from "#calc/tape/scope.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { emptyTape, given, madeFromNow } from "../on-paper.ts";
import { scenario } from "../scenario.ts";
import { WORKINGS, FAMILIES } from "../workings.ts";
import { dividedArchitecture } from "#calc/parallel/divided-architecture.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";

/** Looks up ids in a table of that name which one of two ranks has half of; null where the table is not divided. */
const lookedUp = (name: string, architecture: Architecture, pp_size = 1) => {
  const division: Division = { tp_size: 2, sequence_parallel: false, cp_size: 1, pp_size };
  const rank = ENGINE.scenarioOfRank(scenario({ architecture, gpus: 2 * pp_size, division }));
  const { loaded, lookUp } = divisionHooks(WORKINGS, tapeOptionsOf(WORKINGS, rank, CUDA), division);
  const tape = emptyTape();
  const table = given(tape, shapeOf(architecture.vocab_size / 2, architecture.hidden_size), { name });
  loaded(table);
  return lookUp?.(table, given(tape, shapeOf("b", "s"), { dtype: "int64", trained: false })) ?? null;
};

const TIED = { ...LLAMA_2_7B, tie_word_embeddings: true };
const EMBEDDINGS = "embed_tokens.weight";

/** @see torch/distributed/tensor/_ops/_embedding_ops.py: `embedding_dense_backward` makes a table of all words on every rank */
test.each([
  ["all words", LLAMA_2_7B, 1, 32_000],
  ["all words, and the copy of its own that is added to the head's", TIED, 1, 48_000],
  ["all words alone in a pipeline, none of whose stages has a head beside embeddings", TIED, 2, 32_000],
] as const)("The gradient of half of the embeddings is a table of %s", (...[, architecture, stages, rows]) => {
  const states = lookedUp(EMBEDDINGS, architecture, stages);
  if (states === null) throw new Error("ranks divide the embeddings");
  const made = madeFromNow(states.tape);
  backward(bind(sumTo(states, shapeOf(1))));
  expect(made().filter((each) => each.startsWith(`${rows}×`))).toEqual([`${rows}×4096 bf16`]);
});

test("A table that ranks do not divide is looked up as without them", () => {
  expect(lookedUp("embed_positions.weight", LLAMA_2_7B)).toBeNull();
});

/** Embedding and head, which every plan of transformers divides. */
const ENDS = { embed_tokens: "vocabulary", lm_head: "gathered" } as const;
const MLP = { "mlp.gate_proj": "columns", "mlp.up_proj": "columns", "mlp.down_proj": "rows" } as const;
const BY_HEADS = {
  "self_attn.q_proj": "columns",
  "self_attn.k_proj": "columns",
  "self_attn.v_proj": "columns",
  "self_attn.o_proj": "rows",
} as const;
const BY_LATENT_HEADS = {
  "self_attn.kv_a_proj_with_mqa": "shared",
  "self_attn.kv_b_proj": "columns",
  "self_attn.o_proj": "rows",
} as const;
const GATHERED = {
  "self_attn.q_proj": "gathered",
  "self_attn.k_proj": "gathered",
  "self_attn.v_proj": "gathered",
  "self_attn.o_proj": "split",
} as const;

/** @see transformers 5.24, `base_model_tp_plan` in configuration_….py of each, `_tp_plan` in modeling_….py */
const PLANS: Readonly<Record<string, Readonly<Record<string, DivisionStyle>>>> = {
  "llama-3.2-1b": { ...ENDS, ...BY_HEADS, ...MLP },
  "qwen3-30b-a3b": { ...ENDS, ...BY_HEADS, "mlp.experts": "experts" },
  "deepseek-v2-lite": {
    ...ENDS,
    "self_attn.q_proj": "columns",
    ...BY_LATENT_HEADS,
    ...MLP,
    "mlp.experts": "experts",
    "mlp.shared_experts.gate_proj": "columns",
    "mlp.shared_experts.up_proj": "columns",
    "mlp.shared_experts.down_proj": "rows",
  },
  "minicpm3-4b": { ...ENDS, "self_attn.q_b_proj": "columns", ...BY_LATENT_HEADS, ...MLP },
  "olmo-2-7b": { ...ENDS, ...GATHERED, ...MLP },
  "phi-4-mini": {
    ...ENDS,
    "self_attn.qkv_proj": "gathered",
    "self_attn.o_proj": "split",
    "mlp.gate_up_proj": "gathered",
    "mlp.down_proj": "split",
  },
  "lfm2-700m": ENDS,
};

test.each(Object.entries(PLANS))("Two ranks divide these matrices of %s, each in this way", (id, styles) => {
  const architecture = FULL_CATALOG.models[id]?.architecture;
  if (architecture === undefined) throw new Error(`the catalog has ${id}`);
  const part = dividedArchitecture(FAMILIES, architecture, { tp_size: 2 });
  expect(Object.fromEntries(divisionStyles(FAMILIES, part))).toEqual(styles);
});
