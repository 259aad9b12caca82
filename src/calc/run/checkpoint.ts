// Tensors of a checkpoint file: their order, and which of them make fused experts.

import { ownValue } from "#calc/base/guards.ts";
import type { ModellingId } from "#calc/model/scenario.ts";
import { lastPart } from "#calc/families/model-layout.ts";

/** What a fused parameter of experts is made of: for each name a matrix of every expert. */
type Sources = Readonly<Record<string, readonly string[]>>;

const QWEN2: Sources = { gate_up_proj: ["gate_proj", "up_proj"], down_proj: ["down_proj"] };

const MIXTRAL: Sources = { gate_up_proj: ["w1", "w3"], down_proj: ["w2"] };

const NO_GATE: Sources = { up_proj: ["up_proj"], down_proj: ["down_proj"] };

/**
 * The types whose checkpoints have the experts of a layer one by one, and by which names. All others have them as the model has them: fused.
 *
 * @see transformers 5.24, conversion_mapping.py, `_MODEL_TO_CONVERSION_PATTERN`, `MergeModulelist`
 */
const ONE_BY_ONE: Readonly<Record<string, Sources>> = {
  qwen2_moe: QWEN2,
  qwen3_moe: QWEN2,
  qwen3_next: QWEN2,
  qwen3_5_moe_text: QWEN2,
  olmoe: QWEN2,
  deepseek_v2: QWEN2,
  deepseek_v3: QWEN2,
  glm4_moe: QWEN2,
  glm4_moe_lite: QWEN2,
  dots1: QWEN2,
  hunyuan_v1_moe: QWEN2,
  ernie4_5_moe: QWEN2,
  mixtral: MIXTRAL,
  minimax: MIXTRAL,
  phimoe: MIXTRAL,
  lfm2_moe: MIXTRAL,
  nemotron_h: NO_GATE,
};

/** Types whose checkpoints call `mlp` by an older name. @see conversion_mapping.py, `WeightRenaming(".block_sparse_moe.", ".mlp.")` */
const SPARSE_BLOCK = new Set(["mixtral", "minimax", "phimoe"]);

/** The modelling code that stacks experts as it loads them; all other code keeps them as checkpoints have them. */
const STACKING = new Set<ModellingId>(["transformers", "unsloth"]);

/** Whose checkpoint is read, by whose code. */
type Checkpoint = Readonly<{ model_type: string; modelling: ModellingId }>;

/** Which matrices of every expert a fused parameter is made of; null where the checkpoint has it as it is. */
export const expertSources = ({ model_type, modelling }: Checkpoint, parameter: string): readonly string[] | null =>
  (STACKING.has(modelling) && ownValue(ONE_BY_ONE, model_type)?.[lastPart(parameter)]) || null;

/** What the checkpoint calls a parameter, of an experts' one its first source: it is loaded where that stands. */
export const nameInCheckpoint = (checkpoint: Checkpoint, name: string): string => {
  const [first] = expertSources(checkpoint, name) ?? [];
  const source = first === undefined ? name : name.replace(/[^.]+$/, `0.${first}.weight`);
  return SPARSE_BLOCK.has(checkpoint.model_type) ? source.replace(/(^|\.)mlp\./, "$1block_sparse_moe.") : source;
};

/** A part of a name: a number, or text and the number that it ends with (−1: none). */
type Part = number | readonly [text: string, number: number];

const partOf = (part: string): Part => {
  if (/^\d+$/.test(part)) return Number(part);
  const digits = /\d+$/.exec(part)?.[0] ?? "";
  return [part.slice(0, part.length - digits.length), digits === "" ? -1 : Number(digits)];
};

const compareText = (one: string, other: string): number => {
  if (one === other) return 0;
  return one < other ? -1 : 1;
};

/** Numbers come before text. */
const compareParts = (one: Part, other: Part): number => {
  if (typeof one === "number") return typeof other === "number" ? one - other : -1;
  if (typeof other === "number") return 1;
  return compareText(one[0], other[0]) || one[1] - other[1];
};

/** The parts of a name by which names are put in order. */
export const naturalKey = (name: string): readonly Part[] => name.split(".").map(partOf);

/** Which of two names transformers reads first: by their parts between dots, numbers as numbers. @see transformers 5.24, core_model_loading.py, `dot_natural_key` */
export const inNaturalOrder = (one: readonly Part[], other: readonly Part[]): number => {
  for (const [index, part] of one.entries()) {
    const against = other[index];
    if (against === undefined) return 1;
    const compared = compareParts(part, against);
    if (compared !== 0) return compared;
  }
  return one.length - other.length;
};
