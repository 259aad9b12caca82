import { ENGINE } from "#calc/whole-engine.ts";
import type { Division, Scenario } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { LLAMA_2_7B, QWEN3_30B_A3B } from "../architectures.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";

const SMALL = { ...LLAMA_2_7B, num_hidden_layers: 5 };
const SPARSE = { ...QWEN3_30B_A3B, num_hidden_layers: 4 };
const NEOX = FULL_CATALOG.models["pythia-160m"]?.architecture ?? SMALL;
const GEMMA = FULL_CATALOG.models["gemma-2-2b"]?.architecture ?? SMALL;

const of = (patch: Partial<Scenario>): Scenario => scenario({ architecture: SMALL, sequence_length: 2048, ...patch });

const divided = (patch: Partial<Division>, rest: Partial<Scenario> = {}): Scenario =>
  of({ gpus: 8, division: { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 1, ...patch }, ...rest });

const FUSED = { kind: "fused", kernel: "trl" } as const;
const PAIRS = {
  objective: "dpo",
  micro_batch_size: 2,
  scored_tokens: 2048,
  autocast: true,
  loss: FUSED,
} as const satisfies Partial<Scenario>;
const STUDENT = {
  objective: "distill",
  teacher: { architecture: { ...SMALL, num_hidden_layers: 7 }, weights: "fp32" },
  scored_tokens: 1024,
} as const satisfies Partial<Scenario>;

/** Steps of all kinds, by name. */
export const EXPLAINED: readonly (readonly [name: string, scenario: Scenario])[] = [
  ["full fine-tuning", of({})],
  ["full fine-tuning without checkpointing", of({ gradient_checkpointing: false })],
  ["full fine-tuning in fp32 under autocast", of({ weights: "fp32" })],
  ["gradients kept in fp32 of bf16 parameters", of({ gradients: "fp32" })],
  ["for-each AdamW, whose step is the peak", of({ optim: "adamw_torch", sequence_length: 64 })],
  ["LoRA", of({ method: loraMethod({ r: 8 }) })],
  [
    "LoRA without checkpointing, two rows",
    of({ method: loraMethod(), gradient_checkpointing: false, micro_batch_size: 2 }),
  ],
  ["LoRA with accumulation", of({ method: loraMethod(), gradient_accumulation_steps: 8 })],
  ["QLoRA", of({ method: qloraMethod() })],
  ["QLoRA on int8", of({ method: qloraMethod({ quantization: { kind: "bnb-8bit" } }), gradient_checkpointing: false })],
  ["a mixture of experts", of({ architecture: SPARSE, method: loraMethod() })],
  ["Gemma 2", of({ architecture: GEMMA, method: loraMethod(), gradient_checkpointing: false })],
  ["Gemma 2 in full", of({ architecture: GEMMA })],
  [
    "GPT-NeoX in full without checkpointing, whose step is the peak",
    of({ architecture: NEOX, gradient_checkpointing: false, optim: "adamw_torch", sequence_length: 64 }),
  ],
  ["a chunked loss", of({ method: loraMethod(), loss: { kind: "chunked", chunks: 8 } })],
  [
    "LitGPT's own model and loop",
    of({
      architecture: ENGINE.modelled(SMALL, "litgpt-0.4"),
      modelling: "litgpt-0.4",
      method: qloraMethod(),
      gradient_checkpointing: false,
      autocast: false,
      loss: { kind: "litgpt", longestFirst: false },
    }),
  ],
  ["DPO beside a copy", of({ ...PAIRS, reference: "copy" })],
  ["DPO beside a copy, on 4 GPUs", of({ ...PAIRS, reference: "copy", gpus: 4, sharding: "fsdp2" })],
  ["DPO with adapters off", of({ ...PAIRS, reference: "adapters-off", method: loraMethod() })],
  ["DPO with numbers from before", of({ ...PAIRS, reference: "precomputed", method: loraMethod() })],
  ["KTO", of({ ...PAIRS, objective: "kto", mismatched_length: 2048, reference: "copy" })],
  ["GRPO without a reference", of({ ...PAIRS, objective: "grpo", completion_length: 1024, method: loraMethod() })],
  ["GRPO beside a copy", of({ ...PAIRS, objective: "grpo", completion_length: 1024, reference: "copy" })],
  ["distillation", of({ ...STUDENT, completion_length: 1024 })],
  ["AdamW in backward", of({ optim: "adamw_in_backward" })],
  ["FSDP on 4 GPUs", of({ gpus: 4, sharding: "fsdp2" })],
  ["ZeRO-2 on 3 GPUs", of({ gpus: 3, sharding: "zero2" })],
  ["DDP with 8-bit AdamW", of({ gpus: 2, sharding: "ddp", optim: "adamw_bnb_8bit" })],
  ["matrices and hidden states divided by 2", divided({ tp_size: 2, sequence_parallel: true })],
  ["a sequence divided by 4", divided({ cp_size: 4 }, { method: loraMethod(), gradient_checkpointing: false })],
  [
    "a sequence divided by 4, by sharing out heads",
    divided({ ulysses_size: 4 }, { gradient_checkpointing: false, micro_batch_size: 2 }),
  ],
  [
    "experts shared out over 4 of 8 GPUs",
    divided(
      { ep_size: 4 },
      { architecture: QWEN3_30B_A3B, method: { kind: "full" }, gpus: 8, sharding: "fsdp2", micro_batch_size: 2 },
    ),
  ],
  ["a loss over divided logits", divided({ tp_size: 4, sequence_parallel: true, loss_parallel: true })],
  ["the fullest stage of a pipeline", divided({ pp_size: 4 }, { gradient_accumulation_steps: 8 })],
  [
    "a stage in the middle, its parameters sharded",
    divided({ pp_size: 4, stage: 1 }, { gradient_accumulation_steps: 8, sharding: "fsdp2" }),
  ],
  [
    "a stage whose parameters stay whole",
    divided(
      { pp_size: 4, stage: 0 },
      {
        gradient_accumulation_steps: 4,
        sharding: "fsdp2",
        method: loraMethod(),
        fsdp: { reshardsAfterForward: false, reduce: "fp32", reducesEachMicroStep: true, endsApart: false },
      },
    ),
  ],
  ["weights and optimizer in host memory", of({ offload: "all" })],
  ["quantised weights in host memory, their scales on the card", of({ method: qloraMethod(), offload: "all" })],
];
