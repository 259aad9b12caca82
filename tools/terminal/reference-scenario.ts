import {
  DEFAULT_ALLOCATOR,
  FIXED_LENGTHS,
  type Division,
  type Lora,
  type OptimizerId,
  type QuantizedExperts,
  type Scenario,
} from "#calc/model/scenario.ts";
import { OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { ReferenceSettings } from "./reference-row.ts";
import { hasFusedHead, trainerOf } from "./trl-version.ts";

const DTYPES = { bfloat16: "bf16", float16: "fp16", float32: "fp32" } as const;

/** Rows were run with lora_alpha = 2r, which has no effect on memory. */
const loraOf = ({ r = 0, lora_dropout = 0, adapter_dtype = "float32", ...row }: ReferenceSettings): Lora => ({
  ...(row.tuner && { tuner: row.tuner }),
  r,
  lora_alpha: 2 * r,
  lora_dropout,
  target_modules: row.target_modules ?? "all-linear",
  use_dora: row.use_dora ?? false,
  modules_to_save: row.modules_to_save ?? [],
  adapters: DTYPES[adapter_dtype],
  ...(row.expert_adapters && { target_parameters: ["experts.gate_up_proj", "experts.down_proj"] }),
});

const EXPERTS = {
  parametrize: { stored: "4bit", read: "saved" },
  rebuild: { stored: "4bit", read: "rebuilt" },
} as const satisfies Record<string, QuantizedExperts>;

const expertsOf = ({ experts = "16bit" }: ReferenceSettings): Readonly<{ experts?: QuantizedExperts }> =>
  experts === "16bit" ? {} : { experts: EXPERTS[experts] };

const methodOf = (row: ReferenceSettings): Scenario["method"] => {
  if (row.method === "full") return { kind: "full" };
  if (row.method === "lora") return { kind: "lora", lora: loraOf(row) };
  return {
    kind: "qlora",
    lora: loraOf(row),
    quantization: {
      kind: "bnb-4bit",
      bnb_4bit_quant_type: "nf4",
      bnb_4bit_use_double_quant: row.bnb_4bit_use_double_quant ?? true,
    },
    kbitPreparation: row.kbit_preparation ?? "none",
    ...expertsOf(row),
  };
};

const optimOf = (optim: string): OptimizerId =>
  (optim.startsWith("adamw_torch (") ? "adamw_torch" : optim) as OptimizerId;

/** What was run: the model's row, but for what its run left to the config class, where the row knows better. */
const architectureOf = (row: ReferenceSettings): Architecture | null => {
  const known = row.architecture ?? FULL_CATALOG.models[row.model]?.architecture;
  if (known === undefined) return null;
  const { partial_rotary_factor: _, ...architecture } = known;
  const { num_hidden_layers, partial_rotary_factor, llm_int8_skip_modules } = row;
  return {
    ...architecture,
    num_hidden_layers,
    ...(partial_rotary_factor !== undefined && { partial_rotary_factor }),
    ...(llm_int8_skip_modules !== undefined && { llm_int8_skip_modules }),
  };
};

const kernelsOf = (names: readonly ("liger" | "lora")[]): NonNullable<Scenario["kernels"]> =>
  Object.fromEntries(names.map((name) => [name, true]));

/** Whose code ran, and which loss is its. */
const versionOf = (row: ReferenceSettings): Pick<Scenario, "modelling" | "loss"> => {
  const { transformers = "5", library, trl_version, objective = "sft" } = row;
  const loss = { kind: "full", outputsKept: false } as const;
  if (trl_version !== undefined && hasFusedHead(trl_version) && !OBJECTIVE_TRAITS[objective].wholeLogits)
    return {
      modelling: "transformers",
      loss: { kind: "fused", kernel: "trl", ...(row.triton === false && { withoutTriton: true }) },
    };
  if (library === "unsloth") return { modelling: "unsloth", loss: { ...loss, transformers: "5" } };
  if (transformers.startsWith("4.45"))
    return { modelling: "transformers-4.45", loss: { ...loss, transformers: "4.45" } };
  return transformers.startsWith("4.")
    ? { modelling: "transformers-4.48", loss: { ...loss, transformers: "4.46" } }
    : { modelling: "transformers", loss: { ...loss, transformers: "5" } };
};

/** The stage that ran, and among how many ranks experts were shared out. */
const besidesOf = ({ stage, expert_parallel: ep_size = 1 }: ReferenceSettings): Partial<Division> => ({
  ...(stage !== undefined && { stage }),
  ...(ep_size > 1 && { ep_size }),
});

const dividedBy = (row: ReferenceSettings): Pick<Scenario, "gpus" | "division"> => {
  const { num_gpus = 1, tensor_parallel: tp_size = 1, sequence_parallel = false, context_parallel: cp_size = 1 } = row;
  const { pipeline_parallel: pp_size = 1, ulysses: ulysses_size = 1, loss_parallel = false } = row;
  const ranks = tp_size * cp_size * pp_size * ulysses_size;
  const besides = besidesOf(row);
  if (ranks === 1 && besides.ep_size === undefined) return { gpus: num_gpus };
  const division = { tp_size, sequence_parallel, loss_parallel, cp_size, ulysses_size, pp_size, ...besides };
  return { gpus: num_gpus * ranks, division };
};

const shardedBy = (row: ReferenceSettings): Pick<Scenario, "sharding" | "fsdp" | "zero"> => ({
  sharding: row.shard ?? "none",
  ...(row.reduce_dtype !== undefined && {
    fsdp: {
      reshardsAfterForward: row.reshard_after_forward ?? true,
      reduce: DTYPES[row.reduce_dtype],
      reducesEachMicroStep: row.reduces_each_micro_step ?? true,
      endsApart: row.units === "accelerate",
      ...(row.units === "layers" && { adaptersInLayers: true }),
      // transformers shards what it loaded, and has mixed precision with reductions in fp32 alone.
      ...(row.expert_parallel !== undefined && {
        keepsTypes: true,
        castsInputs: row.reduce_dtype === "float32" && row.param_dtype === "bfloat16",
      }),
    },
  }),
  ...(row.max_live_parameters !== undefined && { zero: { maxLiveParameters: row.max_live_parameters } }),
});

const sumOf = (tokens: readonly number[]): number => tokens.reduce((all, each) => all + each, 0);

/**
 * Tokens that a row with prompts padded apart scored, where it does not say so: a program that made such rows did not follow TRL's assignment to the prompts'
 * labels, which goes through a view, and scored them too, but for the first position of the longest.
 */
const withPrompts = (completions: NonNullable<ReferenceSettings["completions"]>): number => {
  const longest = Math.max(...completions.map(([prompt]) => prompt));
  return sumOf(completions.map(([prompt, completion]) => prompt + completion - (prompt === longest ? 1 : 0)));
};

type Parts = readonly [prompt: number, chosen: number, rejected: number];

/** Whole rows have no prompt apart. */
const partsOf = (pair: NonNullable<ReferenceSettings["pairs"]>[number]): Parts =>
  pair.length === 2 ? [0, ...pair] : pair;

/** Of rows that a trainer of TRL ran: tokens of completions are scored or, without prompts, all that another predicts; those of padding are not. */
const tokensScored = ({
  trl_version,
  lengths,
  pairs,
  completions,
  examples,
  objective,
}: ReferenceSettings): number | undefined => {
  if (examples !== undefined) return sumOf(examples.map(([, completion]) => completion));
  if (pairs !== undefined) return sumOf(pairs.map(partsOf).map(([, chosen, rejected]) => chosen + rejected));
  if (completions !== undefined && objective === "distill") return sumOf(completions.map(([, tokens]) => tokens));
  if (completions !== undefined) return withPrompts(completions);
  return trl_version === undefined || lengths === undefined ? undefined : sumOf(lengths.map((length) => length - 1));
};

/** What the sides of pairs are each padded to, where they come to the trainer apart: with their prompts, or before TRL 1 without. */
const sidesOf = (row: ReferenceSettings): Pick<Scenario, "sides"> => {
  const { pairs, objective = "sft", trl_version = "" } = row;
  const isOld = trl_version !== "" && trainerOf(trl_version) !== undefined;
  if (pairs === undefined || !(isOld || OBJECTIVE_TRAITS[objective].sidesApart)) return {};
  const parts = pairs.map(partsOf);
  const longest = (of: (pair: Parts) => number): number => Math.max(...parts.map(of));
  const behind = (prompt: number): number => (isOld ? 0 : prompt);
  return {
    sides: {
      prompt: longest(([prompt]) => prompt),
      chosen: longest(([prompt, chosen]) => behind(prompt) + chosen),
      rejected: longest(([prompt, , rejected]) => behind(prompt) + rejected),
      ...(isOld && {
        scored: {
          chosen: sumOf(parts.map(([, chosen]) => chosen)),
          rejected: sumOf(parts.map(([, , rejected]) => rejected)),
        },
      }),
    },
  };
};

/** Each prompt with the completion of the row before, the first with that of the last. */
const mismatchedOf = ({ examples }: ReferenceSettings): Pick<Scenario, "mismatched_length"> =>
  examples === undefined
    ? {}
    : {
        mismatched_length: Math.max(...examples.map(([prompt], index) => prompt + (examples.at(index - 1)?.[1] ?? 0))),
      };

const scoredOf = (row: ReferenceSettings): Pick<Scenario, "scored_tokens" | "completion_length"> => {
  const { completions, scored_tokens = tokensScored(row) } = row;
  return {
    ...(scored_tokens !== undefined && { scored_tokens }),
    ...(completions !== undefined && { completion_length: Math.max(...completions.map(([, tokens]) => tokens)) }),
  };
};

/** What is scored of the batch, and what its parts are padded to. */
const lengthsOf = (
  row: ReferenceSettings,
): Pick<Scenario, "scored_tokens" | "completion_length" | "sides" | "mismatched_length"> => ({
  ...scoredOf(row),
  ...sidesOf(row),
  ...mismatchedOf(row),
});

/** The model that a row distilled from, where the catalog has it. */
const teacherOf = ({
  teacher: name,
  teacher_layers,
  teacher_dtype = "float32",
}: ReferenceSettings): Pick<Scenario, "teacher"> => {
  const known = name === undefined ? undefined : FULL_CATALOG.models[name]?.architecture;
  if (known === undefined) return {};
  const { num_hidden_layers } = known;
  const architecture = { ...known, num_hidden_layers: teacher_layers ?? num_hidden_layers };
  return { teacher: { architecture, weights: DTYPES[teacher_dtype] } };
};

/** Of a pair two rows are run. */
const rowsOf = ({ micro_batch_size, pairs }: ReferenceSettings): number =>
  pairs === undefined ? micro_batch_size : 2 * pairs.length;

const objectiveOf = ({
  objective = "sft",
  ref = "none",
  bnb_4bit_use_double_quant: isNested = true,
  loss_type,
  trl_version,
}: ReferenceSettings): Pick<Scenario, "objective" | "reference" | "wholeStatistics" | "loss_type" | "trainer"> => {
  const trainer = trl_version === undefined ? undefined : trainerOf(trl_version);
  return {
    objective,
    ...(trainer !== undefined && { trainer }),
    ...(ref !== "none" && { reference: ref }),
    ...(ref === "copy-4bit" && !isNested && { wholeStatistics: true }),
    ...(loss_type !== undefined && { loss_type }),
  };
};

/** The scenario that a row ran, or null where the catalog does not have its model. */
export const scenarioOf = (row: ReferenceSettings): Scenario | null => {
  const architecture = architectureOf(row);
  if (architecture === null) return null;
  return {
    architecture,
    statedParameters: null,
    accounting: "training-step",
    ...versionOf(row),
    ...objectiveOf(row),
    ...teacherOf(row),
    method: methodOf(row),
    weights: DTYPES[row.weight_dtype],
    gradients: null,
    optimizerStates: null,
    masterWeightBytes: 0,
    autocast: row.autocast_bf16,
    micro_batch_size: rowsOf(row),
    sequence_length: row.sequence_length,
    ...lengthsOf(row),
    gradient_accumulation_steps: row.gradient_accumulation_steps ?? 1,
    gradient_checkpointing: row.gradient_checkpointing,
    ...(row.selective_checkpointing !== undefined && { selective: row.selective_checkpointing }),
    ...(row.reentrant && { reentrant: true }),
    // Its forward ran in checkpoints of transformers.
    ...(row.library === "unsloth" && { reentrant: false }),
    ...(row.kernels && { kernels: kernelsOf(row.kernels) }),
    checkpointsOffloaded: false,
    savedTensorsOffloaded: row.activation_offloading ?? false,
    attn_implementation: row.attn_implementation,
    packing: row.padded !== true,
    lengths: FIXED_LENGTHS,
    allocator: DEFAULT_ALLOCATOR,
    optim: optimOf(row.optim ?? "adamw_torch"),
    ...dividedBy(row),
    ...shardedBy(row),
    offload: "none",
  };
};
