import type { Families } from "#calc/families/families.ts";
import { isNone } from "#calc/families/none.ts";
import { dividingRanks } from "#calc/model/dividing-ranks.ts";
import { explainActivations } from "./activations.ts";
import { explainDivision } from "./division.ts";
import { explainExperts, type KnownExperts } from "./experts.ts";
import { explainTuner } from "./tuners.ts";
import { HELD_ON_RANKS } from "./held-on-ranks.ts";
import { isCopyShared, OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import { countsMasks, isPadded, reachesWindow } from "#calc/model/padding.ts";
import type { Scenario } from "#calc/model/scenario.ts";

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
  const isPacked = gpus > dividingRanks(scenario.division) && method.kind === "qlora" && /fsdp|zero3/.test(sharding);
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
