import { canTarget } from "./families/nameable-modules.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import type { Lora, ModellingId, Quantization } from "#calc/model/scenario.ts";
import { learnsPrompt, tunerIdOf } from "#calc/model/tuner-id.ts";
import type { Tuner } from "./modules/loaded.ts";
import { countLoraParameters } from "./parameters/counts.ts";
import { targetedMatrices } from "./parameters/plan.ts";
import type { Workings } from "./step/workings.ts";

/** A tuner, and what it is asked to stand beside. */
export type AskedTuner = Readonly<{
  architecture: Architecture;
  lora: Lora;
  modelling: ModellingId;
  /** How the base is quantised; null where it is not. */
  quantization: Quantization | null;
  /** How many GPUs divide each matrix. */
  tp_size: number;
}>;

/** Modelling code with adapters of its own, or kernels for them, in PEFT's place. */
const HAS_OWN_ADAPTERS: ReadonlySet<ModellingId> = new Set<ModellingId>([
  "litgpt",
  "litgpt-0.4",
  "torchtune",
  "unsloth",
  "unsloth-2025",
  "unsloth-2024",
  "foak-4.48",
  "foak-4.45",
]);

/** Models whose linears are transformers' `Conv1D`. */
const OF_CONV1D: ReadonlySet<string> = new Set(["gpt2"]);

/** Names that mean something in this model, though nothing that the tuner adapts. */
const leftAlone = (layout: ModelLayout, lora: Lora, { tensors }: Tuner): readonly string[] => {
  const { target_modules } = lora;
  if (target_modules === "all-linear") return [];
  return target_modules
    .filter(canTarget(layout))
    .filter(
      (name) => countLoraParameters(layout, { ...lora, target_modules: [name], modules_to_save: [] }, tensors) === 0,
    );
};

/** Why PEFT stops at one of the linears that are named; null where it stops at none. */
const stopsAt = (layout: ModelLayout, lora: Lora, { whyNot }: Tuner): string | null => {
  if (whyNot === undefined) return null;
  for (const matrix of targetedMatrices(layout, lora)) {
    const why = whyNot(matrix);
    if (why !== null) return `is not in PEFT for ${matrix.path}, ${why}`;
  }
  return null;
};

/** Why the library, or PEFT beside such a base, has no such tuner. */
const whyNotThere = (tuner: Tuner, { architecture, modelling, quantization }: AskedTuner): string | null => {
  if (HAS_OWN_ADAPTERS.has(modelling) && !tuner.inLibraries) return "is not in this library, which has LoRA of its own";
  if (quantization !== null && !tuner.bases.includes(quantization.kind))
    return `is not in PEFT for a base of ${quantization.kind}`;
  return OF_CONV1D.has(architecture.model_type) && tuner.leavesConv1D === true
    ? "is not in PEFT for the Conv1D layers of GPT-2"
    : null;
};

/** Whether the model's code reads the ids of tokens besides looking up their embeddings, which is all that a prompt stands before. */
const readsIds = ({ families }: Workings, { architecture, modelling }: AskedTuner): boolean =>
  families.modellingOf(architecture.model_type, modelling).forward.positions !== undefined ||
  architecture.hidden_size_per_layer_input !== undefined;

/** Why it does not stand beside the modules that are named. */
const whyNotBeside = (layout: ModelLayout, lora: Lora, tuner: Tuner): string | null => {
  const stop = stopsAt(layout, lora, tuner);
  if (stop !== null) return stop;
  const names = leftAlone(layout, lora, tuner);
  return names.length === 0 ? null : `has no adapter for ${names.join(", ")}: it adapts linears alone`;
};

/** Why PEFT does not run a tuner beside this model, in words that follow its name; null where it does, or where nobody knows the tuner. */
export const whyNotTuner = (workings: Workings, asked: AskedTuner): string | null => {
  const { families, tuners } = workings;
  const { architecture, lora, tp_size } = asked;
  const tuner = tuners[tunerIdOf({ kind: "lora", lora }) ?? "lora"];
  if (tuner === undefined) return null;
  const why = whyNotThere(tuner, asked);
  if (why !== null) return why;
  if (tp_size > 1 && tuner.divides === null) return "cannot be divided with the matrices that tp divides";
  if (!learnsPrompt(lora)) return whyNotBeside(families.layoutOf(architecture), lora, tuner);
  return readsIds(workings, asked) ? "stands before embeddings, and this model reads the ids of tokens as well" : null;
};
