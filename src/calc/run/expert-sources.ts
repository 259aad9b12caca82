import { ownValue } from "#calc/base/own-value.ts";
import type { ModellingId } from "#calc/model/scenario.ts";
import { lastPart } from "#calc/families/module-path.ts";

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
export type Checkpoint = Readonly<{ model_type: string; modelling: ModellingId }>;

/** Which matrices of every expert a fused parameter is made of; null where the checkpoint has it as it is. */
export const expertSources = ({ model_type, modelling }: Checkpoint, parameter: string): readonly string[] | null =>
  (STACKING.has(modelling) && ownValue(ONE_BY_ONE, model_type)?.[lastPart(parameter)]) || null;

/** What the checkpoint calls a parameter, of an experts' one its first source: it is loaded where that stands. */
export const nameInCheckpoint = (checkpoint: Checkpoint, name: string): string => {
  const [first] = expertSources(checkpoint, name) ?? [];
  const source = first === undefined ? name : name.replace(/[^.]+$/, `0.${first}.weight`);
  return SPARSE_BLOCK.has(checkpoint.model_type) ? source.replace(/(^|\.)mlp\./, "$1block_sparse_moe.") : source;
};
