// Sentences about the inexact parts of an estimate: activations, experts, tuners, objectives, sharding.

import type { Families } from "#calc/families/families.ts";
import { ranksPerModel } from "#calc/model/division.ts";
import type { Scenario, QuantizedExperts, Sharding } from "#calc/model/scenario.ts";
import { modulesOf } from "#calc/families/model-layout.ts";
import { expertAdaptersOf, isOnVersion4, tunerIdOf, type TunerId } from "#calc/model/tuners.ts";
import type { ExpertsModule, ModelLayout } from "#calc/model/layout.ts";
import { type ObjectiveId, isCopyShared, OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import { isNone } from "#calc/families/family.ts";
import { explainDivision } from "./division-approximations.ts";
import { countsMasks, isPadded, reachesWindow } from "#calc/model/scenario-traits.ts";

/** Whether parameters are sharded in a way whose checkpoints by operation are not checked against a run. */
const isShardedApart = ({ gpus, sharding, division }: Scenario): boolean =>
  gpus > ranksPerModel(division) && /^(fsdp1|zero)/.test(sharding);

/** Whether checkpoints are reentrant, as the scenario or the modelling code has it. */
const isReentrantIn = ({ modellingOf }: Families, { architecture, modelling, reentrant }: Scenario): boolean =>
  reentrant ?? modellingOf(architecture.model_type, modelling).forward.checkpoint !== undefined;

const ofSelective = (families: Families, scenario: Scenario): readonly string[] => {
  const { modelling, division } = scenario;
  if (isReentrantIn(families, scenario))
    return ["Checkpoints of this library run again whole: torch has none by operation that are reentrant."];
  const isApart = isShardedApart(scenario) || (division !== undefined && division.cp_size > 1);
  return [
    ...(modelling.startsWith("litgpt")
      ? ["Checkpoints by operation: which of LitGPT’s products are kept is not checked against a run."]
      : []),
    ...(isApart ? ["Checkpoints by operation, under what these GPUs do: not checked against a run."] : []),
  ];
};

const ON_HOST =
  "Activations in host memory: as hooks on saved tensors move them, without streams of their own, which keep up to five tensors on the card for longer. Pinned memory, rounded up to a power of two, takes more of the host than is counted.";

const ofOffload = (families: Families, scenario: Scenario): readonly string[] => {
  const { gpus, sharding, division, loss, gradient_checkpointing } = scenario;
  const isWhole = gpus === 1 || ((sharding === "none" || sharding === "ddp") && division === undefined);
  const isHeld = isWhole && loss.kind === "full";
  return [
    ON_HOST,
    ...(isHeld && !(isReentrantIn(families, scenario) && gradient_checkpointing)
      ? []
      : ["Activations in host memory with this sharding, division, loss or library: not checked against a run."]),
  ];
};

const ofStages = ({ selective, division }: Scenario): readonly string[] =>
  selective === undefined || (division?.pp_size ?? 1) === 1
    ? []
    : ["Layers checkpointed in part, in the stages of a pipeline: not checked against a run."];

/** What is not exact about activations that are kept in part or in host memory, in words for the page. */
const explainActivations = (families: Families, scenario: Scenario): readonly string[] => [
  ...(scenario.gradient_checkpointing ? ofStages(scenario) : []),
  ...(scenario.selective === "op" && scenario.gradient_checkpointing ? ofSelective(families, scenario) : []),
  ...(scenario.savedTensorsOffloaded && scenario.loss.kind !== "litgpt" ? ofOffload(families, scenario) : []),
];

const AS_FOUR_BITS =
  "Forward and backward of packed experts are those of 4-bit ones; only their weights are their own.";
const OF_VERSION_4 =
  "Each expert of this version is a linear of its own, and runs after the others: experts that are fused are counted, run all at once and, where they are packed, dequantised all at once.";
const OF_GPT_OSS =
  "Unsloth’s 4-bit checkpoint of gpt-oss has a linear for each expert: experts that are fused, and dequantised all at once, are counted.";
const LEFT_OUT = "Each expert of this version is a linear of its own: what this tuner puts beside these is left out.";
const ADAPTED = "Adapters on experts that bitsandbytes packs are those of PEFT 0.20 (0.21 stops at the second step).";

/** What an engine says of a scenario's experts: their layout, and whether adapters are planned beside them. */
type KnownExperts = Readonly<{ families: Families; adaptsExperts: (scenario: Scenario) => boolean }>;

const expertsOf = (layout: ModelLayout): readonly ExpertsModule[] =>
  modulesOf(layout).flatMap(({ module }) => (module.kind === "experts" ? [module] : []));

/** Whether version 4 of transformers runs a scenario, and has a linear for each expert's matrix. */
const areLinears = ({ families }: KnownExperts, { architecture, modelling }: Scenario): boolean =>
  isOnVersion4(modelling) && expertsOf(families.layoutOf(architecture)).some(({ linears }) => linears !== undefined);

/** The same run with LoRA in its tuner's place; null where it has no other tuner. */
const withLora = (scenario: Scenario): Scenario | null => {
  const { method } = scenario;
  const id = tunerIdOf(method);
  if (method.kind === "full" || id === null || id === "lora") return null;
  return { ...scenario, method: { ...method, lora: { ...method.lora, tuner: "lora", use_dora: false } } };
};

/** What is said of linears of experts that only LoRA's adapters are counted beside. */
const ofOtherTuners = (known: KnownExperts, scenario: Scenario): readonly string[] => {
  const lora = withLora(scenario);
  return lora !== null && areLinears(known, scenario) && known.adaptsExperts(lora) ? [LEFT_OUT] : [];
};

const ofPacked = (known: KnownExperts, scenario: Scenario, { stored, read }: QuantizedExperts): readonly string[] => {
  if (areLinears(known, scenario)) return [OF_VERSION_4];
  if (read === "rebuilt")
    return scenario.architecture.model_type === "gpt_oss" && stored === "4bit" ? [OF_GPT_OSS] : [];
  return expertAdaptersOf(scenario.modelling) !== "unsloth" && known.adaptsExperts(scenario) ? [ADAPTED] : [];
};

/** What of experts is not exact, in words for the page; empty where they are fused and run as they are loaded. */
const explainExperts = (known: KnownExperts, scenario: Scenario): readonly string[] => {
  const { method } = scenario;
  if (method.kind === "full" || method.experts === undefined)
    return areLinears(known, scenario) ? [OF_VERSION_4, ...ofOtherTuners(known, scenario)] : [];
  const { experts } = method;
  return [
    ...(experts.stored === "4bit" ? [] : [AS_FOUR_BITS]),
    ...ofPacked(known, scenario, experts),
    ...ofOtherTuners(known, scenario),
  ];
};

const RANKS_OF_VERA =
  "VeRA over several GPUs: the two matrices that adapters share are whole on each; not checked against a run.";
const linearsAlone = (name: string): string =>
  `${name} adapts linears alone, as PEFT’s does: experts fused into one parameter stay as they are.`;
const EXPERTS_OF_LORAFA = "LoRA-FA is counted beside linears alone: experts fused into one parameter stay as they are.";
const ranksOf = (name: string): string => `${name} over several GPUs: not checked against a run.`;
const OPTIMIZER_OF_LORAFA =
  "LoRA-FA: PEFT’s create_lorafa_optimizer is an AdamW of its own, with the states of B. The chosen optimizer is counted in its place.";
const ALLOCATOR_OF_ADALORA =
  "AdaLoRA: a loop that calls update_and_allocate keeps three more numbers for each trained one, which are not counted; transformers’ Trainer does not call it.";
const DELTA_WEIGHT = "LoHa and LoKr make a matrix as large as each weight in every forward, and several in backward.";

const beside = (name: string, { architecture, gpus }: Scenario): readonly string[] => [
  ...(architecture.num_experts === undefined ? [] : [linearsAlone(name)]),
  ...(gpus > 1 ? [ranksOf(name)] : []),
];

const NOTES: Readonly<Record<TunerId, (scenario: Scenario) => readonly string[]>> = {
  lora: () => [],
  dora: () => [],
  vera: ({ architecture, gpus }) => [
    ...(architecture.num_experts === undefined ? [] : [linearsAlone("VeRA")]),
    ...(gpus > 1 ? [RANKS_OF_VERA] : []),
  ],
  ia3: (scenario) => beside("IA3", scenario),
  lorafa: ({ architecture, gpus }) => [
    OPTIMIZER_OF_LORAFA,
    ...(architecture.num_experts === undefined ? [] : [EXPERTS_OF_LORAFA]),
    ...(gpus > 1 ? [ranksOf("LoRA-FA")] : []),
  ],
  loha: (scenario) => [DELTA_WEIGHT, ...beside("LoHa", scenario)],
  lokr: (scenario) => [DELTA_WEIGHT, ...beside("LoKr", scenario)],
  oft: (scenario) => beside("OFT", scenario),
  vblora: (scenario) => beside("VB-LoRA", scenario),
  prompt_tuning: ({ gpus }) => (gpus > 1 ? [ranksOf("Prompt tuning")] : []),
  adalora: (scenario) => [ALLOCATOR_OF_ADALORA, ...beside("AdaLoRA", scenario)],
};

/** What of a tuner is otherwise than with LoRA, or not checked against a run, in words for the page. */
const explainTuner = (scenario: Scenario): readonly string[] => {
  const id = tunerIdOf(scenario.method);
  return id === null ? [] : NOTES[id](scenario);
};

/** What was run over several GPUs of objectives other than SFT, by division: rows of `tests/golden/trl-reference-ranks.jsonl`. @internal */
export const HELD_ON_RANKS: Readonly<Partial<Record<Sharding, readonly ObjectiveId[]>>> = {
  ddp: ["dpo", "kto"],
  fsdp1: ["dpo"],
  fsdp2: ["dpo", "kto", "grpo", "orpo"],
};

const ofModel = ({ findModelType }: Families, { model_type }: Scenario["architecture"]): readonly string[] => {
  const type = findModelType(model_type);
  if (type === undefined) return [`Nobody knows the code of ${model_type} here: it is run as a Llama of its fields.`];
  const { approximation } = type;
  return isNone(approximation) ? [] : [approximation];
};

/** What is left out where rows have padding. */
const ofPadding = (scenario: Scenario): readonly string[] => {
  if (!isPadded(scenario) || countsMasks(scenario)) return [];
  return [
    scenario.attn_implementation === "flash"
      ? "Padded rows: flash-attn copies the tokens that are no padding in every layer, which is left out."
      : "Padded rows: the attention mask, and the kernels that it rules out, are left out.",
  ];
};

/** What is left out where layers have a window, and ranks divide sequences or layers. */
const ofWindow = (scenario: Scenario): readonly string[] => {
  const { modelling, attn_implementation, sequence_length } = scenario;
  const takesMask = modelling === "transformers" && attn_implementation !== "flash" && attn_implementation !== "eager";
  return takesMask && !isPadded(scenario) && !countsMasks(scenario) && reachesWindow(scenario, sequence_length)
    ? ["Rows as long as the window of some layers: the mask of these, and the kernels that it rules out, are left out."]
    : [];
};

/** What is not exact of models beside the trained one where ranks share it out. */
const ofSharedBeside = ({ objective, reference, gpus, sharding }: Scenario): readonly string[] => {
  if (gpus === 1 || !["zero3", "fsdp1", "fsdp2"].includes(sharding)) return [];
  const isZero = sharding === "zero3";
  return [
    ...(isCopyShared(reference) && isZero
      ? [
          "The copy of the reference is shared out, and gathered to run, as DeepSpeed’s source says; no run of it was made.",
        ]
      : []),
    ...(reference === "copy-4bit"
      ? ["A reference in 4 bits is counted whole on every GPU; no run of it over several was made."]
      : []),
    ...(OBJECTIVE_TRAITS[objective].hasTeacher && isZero
      ? ["The teacher is counted whole on every GPU, which is more than the part that DeepSpeed leaves there."]
      : []),
  ];
};

/** What is not exact of another model beside the one that is trained. TRL's head is the only kernel of a loss that an objective with a reference has. */
const ofModelBeside = (scenario: Scenario): readonly string[] => [
  ...ofSharedBeside(scenario),
  ...(scenario.reference === "copy-4bit" && scenario.loss.kind !== "fused"
    ? ["A reference in 4 bits was run with TRL from 1.15 on; over whole logits it is counted by the same rules."]
    : []),
];

/** What is left out of objectives other than SFT. */
const ofObjective = (scenario: Scenario): readonly string[] => {
  const { objective, gpus, sharding } = scenario;
  return [
    ...(objective === "grpo"
      ? [
          "GRPO: completions that transformers generates are a moment of the run; what rewards them, and vLLM, is not counted.",
        ]
      : []),
    ...ofModelBeside(scenario),
    ...(objective !== "sft" && gpus > 1 && HELD_ON_RANKS[sharding]?.includes(objective) !== true
      ? [`${objective.toUpperCase()} goes by the rules of SFT on several GPUs; it was not run with them divided so.`]
      : []),
  ];
};

/** What of forward and backward is not exact in this scenario, in words for the page. */
const ofStep = (families: Families, scenario: Scenario): readonly string[] => {
  const { architecture, method, loss, modelling } = scenario;
  const words = [...ofModel(families, architecture)];
  if (method.kind === "qlora" && method.quantization.kind !== "bnb-4bit")
    words.push(
      "Forward and backward of the quantised linears are those of 4-bit ones; only their weights are their own.",
    );
  if (loss.kind !== "full" && !(loss.kind === "fused" && loss.kernel === "trl"))
    words.push("This loss is counted from the source of its kernel; it is not checked against a run of it.");
  if (modelling.startsWith("unsloth"))
    words.push("Unsloth’s kernels are counted from their source; they are not checked against a run of them.");
  return [...words, ...ofPadding(scenario), ...ofWindow(scenario)];
};

const ZERO =
  "ZeRO: checked against runs of DeepSpeed 0.19 on a CPU, with the buckets that accelerate sets for “auto”; its streams of communication are not seen there.";

/** What of a strategy is not exact. */
const OF_SHARDING: Readonly<Partial<Record<Scenario["sharding"], string>>> = { zero1: ZERO, zero2: ZERO, zero3: ZERO };

const PACKED =
  "Packed weights are sharded, which takes a floating bnb_4bit_quant_storage: as uint8, the default, they stay whole on every GPU.";

/** What is not exact about more than one GPU and about offloading, in words for the page. */
const ofRanks = (families: Families, scenario: Scenario): readonly string[] => {
  const { gpus, sharding, offload, method } = scenario;
  const ofSharding = gpus > 1 ? OF_SHARDING[sharding] : undefined;
  const isPacked = gpus > ranksPerModel(scenario.division) && method.kind === "qlora" && /fsdp|zero3/.test(sharding);
  return [
    ...(ofSharding === undefined ? [] : [ofSharding]),
    ...(isPacked ? [PACKED] : []),
    ...explainDivision(families, scenario),
    ...(offload === "none"
      ? []
      : [
          "Offloading: what moves to the host is gone from the card; copies on their way are counted for one unit at a time.",
        ]),
  ];
};

const FLAT =
  "A flat rule of thumb: batch, sequence length and vocabulary, which decide much of a real run, are left out.";

/** What is not exact in the estimate of a scenario, in words for the page; empty when nothing. */
export const explainApproximations = (known: KnownExperts, scenario: Scenario): readonly string[] =>
  scenario.accounting === "bytes-per-parameter"
    ? [FLAT]
    : [
        ...ofStep(known.families, scenario),
        ...ofObjective(scenario),
        ...explainActivations(known.families, scenario),
        ...explainTuner(scenario),
        ...explainExperts(known, scenario),
        ...ofRanks(known.families, scenario),
      ];
