import type { Architecture } from "#calc/model/architecture.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { ReentrantTurned } from "#catalog/stack-row.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { consequences, keptActivations, stackOf } from "./resolve-stack.ts";

/** How checkpoints run: reentrant or not, and whether the modelling code has them so by itself. */
export type AskedReentrance = Readonly<{ isReentrant: boolean; isOfCode: boolean }>;

/** Choices for one method, with the model's shape. */
type Asked = readonly [choices: Choices, architecture: Architecture, method: MethodId];

/** What makes the library turn round whether checkpoints are reentrant, if anything does. */
const turnedBy = (...[choices, { model_type }, method]: Asked): ReentrantTurned | null => {
  // One GPU shares nothing.
  const shardHere = choices.gpus > 1 ? consequences(choices).shard : "none";
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
export const askedReentrance = (...asked: Asked): AskedReentrance => {
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
  return askedReentrance(...asked).isReentrant === reentrant ? null : whyNotHeard(...asked);
};
