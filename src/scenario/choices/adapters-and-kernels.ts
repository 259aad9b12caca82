// Requested adapters, attention kernel and reentrant checkpoints, and why one of them is refused.

import type { Architecture } from "#calc/model/architecture.ts";
import type { AskedAdapters } from "#calc/model/division.ts";
import type { Lora, Method, MethodId } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { answerTargets } from "./chosen-model.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { impliedChoices, stackOf, type ResolvedByStack, keptActivations } from "./resolve-stack.ts";
import { uncapitalized } from "#format/phrases.ts";
import type { ReentrantTurned } from "#catalog/stack-row.ts";

/** Adapters beside a base of 16 bits. */
export type AskedLora = AskedAdapters & Readonly<{ method: Extract<Method, { kind: "lora" }> }>;

/** Said where names find modules alone, of a model whose fused experts they mean elsewhere. */
export const targetModulesOnly = (choices: Choices, architecture: Architecture): Pick<Lora, "target_parameters"> =>
  stackOf(choices).adaptsExperts === false && ENGINE.fusedNames(architecture).size > 0 ? { target_parameters: [] } : {};

/** What the choices ask of a tuner, before anything of it is refused. */
export const requestedAdapters = (choices: Choices, architecture: Architecture, tuner: Choices["tuner"]): AskedLora => {
  const { modelling = "transformers" } = stackOf(choices);
  const { r, dropout, save, targets } = choices;
  return {
    architecture,
    modelling,
    method: {
      kind: "lora",
      lora: {
        tuner,
        r,
        lora_alpha: impliedChoices(choices).alpha,
        lora_dropout: dropout,
        target_modules: answerTargets(targets, architecture),
        use_dora: false,
        modules_to_save: save,
        // PEFT asks nowhere how they are kept.
        adapters: "fp32",
        ...targetModulesOnly(choices, architecture),
      },
    },
  };
};

/** Whether a tuner stands beside fused experts or their router, where the article's rule of thumb is not asked: PEFT has neither dropout nor DoRA there. */
export const adaptsFusedExperts = (choices: Choices, architecture: Architecture, tuner: Choices["tuner"]): boolean =>
  stackOf(choices).accounting === "training-step" &&
  ENGINE.adaptedParameters(requestedAdapters(choices, architecture, tuner)).length > 0;

type Attention = ResolvedByStack["attn"];
type Typed = Pick<Architecture, "model_type">;

/** Whether a library runs the layers of transformers, and not its own. */
const isOfTransformers = (choices: Choices): boolean =>
  (stackOf(choices).modelling ?? "transformers").startsWith("transformers");

/** Whether these are layers of transformers 5, into which Liger's kernels go, too. Before it, Gemma 2 took SDPA from whoever named it. */
const isOfVersionFive = (choices: Choices): boolean => {
  const { modelling, kernels } = stackOf(choices);
  return modelling === undefined && kernels !== undefined;
};

/** Both are PyTorch's `scaled_dot_product_attention`. */
const isSdpa = (attention: Attention | null): boolean => attention === "sdpa" || attention === "math";

/** Why SDPA cannot be had by name, as the middle of a sentence; null where it can, or is not asked for. A divided sequence goes with SDPA alone. */
export const whyNotSdpa = (choices: Choices, { model_type }: Typed): string | null => {
  if (!isSdpa(choices.attn) || choices.cp > 1 || !isOfVersionFive(choices)) return null;
  const why = ENGINE.withoutSdpa(model_type);
  return why === null
    ? null
    : `raises an error in transformers, which has no SDPA for models of type ${model_type} (${uncapitalized(why).replace(/\.$/, "")})`;
};

/**
 * The attention of choices in effect: as it was asked for, or as the library asks for it. Where nobody names a kernel transformers takes SDPA, and eager attention for a
 * model type that has none (Gemma 2, gpt-oss), where it refuses SDPA by name. A divided sequence goes with the flash kernel alone.
 *
 * @see transformers 5.24: modeling_utils.py, `get_correct_attn_implementation`, `_sdpa_can_dispatch`; `_supports_sdpa` of each type
 */
export const attentionInEffect = (choices: Choices, byStack: Attention, typed: Typed): Attention => {
  const isOpen = choices.attn === null && byStack === "sdpa" && choices.cp === 1;
  return isOpen && isOfTransformers(choices) && ENGINE.withoutSdpa(typed.model_type) !== null ? "eager" : byStack;
};

/** How checkpoints run: reentrant or not, and whether the modelling code has them so by itself. */
type AskedReentrance = Readonly<{ isReentrant: boolean; isOfCode: boolean }>;

/** Choices for one method, with the model's shape. */
type Asked = readonly [choices: Choices, architecture: Architecture, method: MethodId];

/** What makes the library turn round whether checkpoints are reentrant, if anything does. */
const turnedBy = (...[choices, { model_type }, method]: Asked): ReentrantTurned | null => {
  // One GPU shares nothing.
  const shardHere = choices.gpus > 1 ? impliedChoices(choices).shard : "none";
  const holds = ({ shard = shardHere, adapters, selective, model_types }: ReentrantTurned): boolean =>
    shard === shardHere &&
    !(adapters && method === "full") &&
    !(selective && keptActivations(choices).selective !== "op") &&
    (model_types?.includes(model_type) ?? true);
  return stackOf(choices).reentrantTurned?.find(holds) ?? null;
};

/** How the library has checkpoints; null where its code has them one way. */
const byLibrary = (...asked: Asked): boolean | null => {
  const [choices] = asked;
  const { reentrant } = stackOf(choices);
  if (reentrant === undefined) return null;
  return turnedBy(...asked) === null ? (choices.reentrant ?? reentrant) : !reentrant;
};

/** Code of a model that comes with it calls checkpoints its own way, whatever the library says. */
const asksNobody = ({ model_type }: Architecture): boolean => ENGINE.isReentrant(model_type);

/** How checkpoints of a model run: as it was asked where the library has such a setting, else as the library or the modelling code has them. */
export const checkpointReentrance = (...asked: Asked): AskedReentrance => {
  const [choices, architecture] = asked;
  const ofCode = ENGINE.isReentrant(architecture.model_type, stackOf(choices).modelling);
  const isReentrant = (asksNobody(architecture) ? null : byLibrary(...asked)) ?? ofCode;
  return { isReentrant, isOfCode: isReentrant === ofCode };
};

const turnedWords = ({ shard, adapters, selective, model_types }: ReentrantTurned): string =>
  [
    ...(adapters ? ["adapters"] : []),
    ...(shard ? [`shard=${shard}`] : []),
    ...(selective ? ["selective=op"] : []),
    ...(model_types ? ["this model"] : []),
  ].join(" and ");

const whyNotHeard = (...asked: Asked): string => {
  const [choices, architecture] = asked;
  if (stackOf(choices).reentrant === undefined) return "is nothing that this library has";
  if (asksNobody(architecture)) return "is not up to the library: this model’s own code calls its checkpoints";
  const turned = turnedBy(...asked);
  return `is what this library never does with ${turned === null ? "these choices" : turnedWords(turned)}`;
};

/** The reason that `reentrant` is refused: no checkpointing, or the library or the model code fixes it. Null if it is used. */
export const whyNotReentrant = (...asked: Asked): string | null => {
  const [{ ckpt, reentrant }] = asked;
  if (!ckpt) return reentrant ? "belongs to ckpt=1" : null;
  return checkpointReentrance(...asked).isReentrant === reentrant ? null : whyNotHeard(...asked);
};
