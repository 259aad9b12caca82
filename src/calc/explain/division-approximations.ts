// Sentences about estimates over several GPUs that no run has confirmed.

import { type Families, tensorPlan } from "#calc/families/families.ts";
import type { HeldRun } from "#calc/families/family.ts";
import { namesModule } from "#calc/families/model-layout.ts";
import type { Division, Scenario } from "#calc/model/scenario.ts";

/** Whether rows of such runs were made of this type itself. */
const isHeldIn = ({ findModelType }: Families, run: HeldRun, model_type: string): boolean => {
  const held = findModelType(model_type)?.heldAgainst;
  return held !== undefined && "runs" in held && held.runs.includes(run);
};

/** Whether rows of such runs were made of this type, or of the one whose code it runs. */
const isHeldOrAs = (families: Families, run: HeldRun, model_type: string): boolean => {
  const held = families.findModelType(model_type)?.heldAgainst;
  return isHeldIn(families, run, held !== undefined && "as" in held ? held.as : model_type);
};

/** Whether Ulysses stands around attention of this type, which no run has shown. */
const isUlyssesUnheld = (families: Families, model_type: string): boolean =>
  families.findModelType(model_type)?.ulysses === true && !isHeldIn(families, "Ulysses", model_type);

/** Something that is not checked against a run: where it applies, and what to say then. */
type NotHeld = readonly [
  applies: (scenario: Scenario, division: Division, families: Families) => boolean,
  words: string,
];

/** Whether a matrix has adapters that is gathered behind, or split before, though all around it is whole. */
const adaptsGathered: NotHeld[0] = ({ method, architecture }, _, families) => {
  if (method.kind === "full") return false;
  const { target_modules } = method.lora;
  const { gathers = [], splits = [] } = tensorPlan(families, architecture.model_type) ?? {};
  return [...gathers, ...splits].some(
    (path) => target_modules === "all-linear" || target_modules.some((target) => namesModule(target, path)),
  );
};

const OF_TENSORS: readonly NotHeld[] = [
  [
    adaptsGathered,
    "Tensor parallelism: adapters of matrices whose results are gathered are cut with them, which PEFT 0.21 cannot run.",
  ],
  [
    ({ method }) => method.kind === "qlora",
    "Tensor parallelism: quantised matrices are cut as 16-bit ones are; not checked against a run.",
  ],
  [
    ({ method, architecture }) => method.kind !== "full" && architecture.num_experts !== undefined,
    "Tensor parallelism: adapters of fused experts are cut with them, which PEFT 0.21 cannot run.",
  ],
  [
    ({ method }) => method.kind !== "full" && method.lora.use_dora,
    "Tensor parallelism: DoRA’s magnitudes and norms are cut with their matrices; not checked against a run.",
  ],
  [
    ({ loss }) => loss.kind !== "full",
    "Tensor parallelism: this loss is taken of a rank’s own columns of the head; not checked against a run.",
  ],
  [
    ({ method, architecture }, { sequence_parallel }, families) =>
      sequence_parallel &&
      (method.kind !== "full" || !isHeldIn(families, "sequence parallel", architecture.model_type)),
    "Sequence parallelism: torchtitan’s plan for Llama in full; not checked against a run of this family or method.",
  ],
];

/** Whether parameters are sharded over a divided model in a way that is not checked against a run. */
const isShardingUnchecked: NotHeld[0] = ({ architecture, gpus, sharding }, division, families) => {
  const { tp_size, pp_size } = division;
  const isPlain = tensorPlan(families, architecture.model_type)?.shares === undefined;
  const isHeld = sharding === "fsdp2" ? tp_size === 1 || isPlain : sharding === "ddp" && tp_size === 1;
  return gpus > tp_size * pp_size && sharding !== "none" && !isHeld;
};

const OF_EXPERTS: readonly NotHeld[] = [
  [
    () => true,
    "Expert parallelism: each GPU is sent as many tokens as it sends, as if experts were chosen evenly; where they are not, those with the busiest experts take more.",
  ],
  [
    ({ architecture }, _, families) => !isHeldOrAs(families, "expert parallel", architecture.model_type),
    "Expert parallelism: transformers’ own, of this family not checked against a run.",
  ],
  [
    ({ method }, { tp_size }) => method.kind !== "full" && tp_size > 1,
    "Expert parallelism: adapters beside matrices that are divided, too, not checked against a run.",
  ],
  [
    ({ loss }) => loss.kind !== "full",
    "Expert parallelism: with this loss, which calls the head by itself, not checked against a run.",
  ],
];

const OF_ALL: readonly NotHeld[] = [
  [
    ({ modelling }) => modelling !== "transformers",
    "GPUs that divide one model do so as transformers and PyTorch do, regardless of what this library has of its own.",
  ],
  [(_, { cp_size }) => cp_size > 1, "Context parallelism is PyTorch’s ring, with all keys and values gathered."],
  [
    ({ architecture }, { ulysses_size = 1 }, families) =>
      ulysses_size > 1 && isUlyssesUnheld(families, architecture.model_type),
    "Ulysses: DeepSpeed’s, around this family’s attention not checked against a run.",
  ],
  [
    ({ weights, autocast, architecture: a }, { ulysses_size = 1 }) =>
      ulysses_size > 1 && weights === "fp32" && !autocast && a.num_attention_heads !== a.num_key_value_heads,
    "Ulysses: in fp32 with grouped heads attention runs in full, on the whole sequence; it is counted on a GPU’s share.",
  ],
  [
    ({ sharding }, { ulysses_size = 1 }) => ulysses_size > 1 && !["none", "zero1", "zero2", "zero3"].includes(sharding),
    "Ulysses is DeepSpeed’s: accelerate runs it with ZeRO alone (shard=zero1, zero2, zero3).",
  ],
  [
    isShardingUnchecked,
    "This sharding, and dividing one model, are each as said; both at once are not checked against a run.",
  ],
];

/** What of a model that several GPUs divide is not checked against a run, in words for the page. */
export const explainDivision = (families: Families, scenario: Scenario): readonly string[] => {
  const { division } = scenario;
  if (division === undefined) return [];
  const ofExperts = (division.ep_size ?? 1) > 1 ? OF_EXPERTS : [];
  return [...(division.tp_size > 1 ? OF_TENSORS : []), ...ofExperts, ...OF_ALL]
    .filter(([applies]) => applies(scenario, division, families))
    .map(([, words]) => words);
};
