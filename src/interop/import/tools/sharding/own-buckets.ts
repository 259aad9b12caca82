import type { Finding } from "#interop/import/finding.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { numberOf } from "#interop/import/take.ts";

const PLACE = "0.19.6, runtime/zero/config.py";

/** Elements of the gradients that are reduced at once, as a buffer of 16 bits. */
const bufferWords = (elements: number): string =>
  `${elements.toLocaleString("en-US")} elements are reduced at once, a buffer of ${((elements * 2) / 2 ** 30).toFixed(2)} GiB in 16 bits`;

const COUNTED = "Counted is the square of the width, which “auto” becomes under the Trainer.";

/** Of a file that sets the size of the bucket, what is counted instead. */
export const bucketSentence = (elements: number): string => `By that file ${bufferWords(elements)}. ${COUNTED}`;

/** What DeepSpeed takes where nothing says it. @see deepspeed@0.19.6:runtime/zero/config.py, DeepSpeedZeroConfig: reduce_bucket_size, param_persistence_threshold */
export const OWN_BUCKET = 500_000_000;
const OWN_PERSISTENCE = 100_000;

/** Where a size is not set at all it is DeepSpeed's own, also under the Trainer and accelerate, which fill in “auto” alone. */
const BUCKET = `reduce_bucket_size is not set: by DeepSpeed's default (${PLACE}) ${bufferWords(OWN_BUCKET)}. ${COUNTED}`;
const PERSISTENCE = `stage3_param_persistence_threshold is not set: by DeepSpeed's default (${PLACE}) parameters of fewer than ${OWN_PERSISTENCE.toLocaleString("en-US")} elements stay whole on each GPU. Counted is ten times the width, which “auto” becomes under the Trainer.`;

/**
 * Sizes of ZeRO that are left to DeepSpeed itself, while those that “auto” becomes are counted.
 *
 * @param stage the field that asks for ZeRO
 * @see transformers@5.14.1:integrations/deepspeed.py, trainer_config_finalize; accelerate@16cb6eb8:accelerator.py, _prepare_deepspeed
 */
export const ownBuckets = (stage: SourceField, isThird: boolean): readonly Finding[] => [
  { kind: "not-modelled", field: stage, sentence: isThird ? `${BUCKET} ${PERSISTENCE}` : BUCKET },
];

const isSaid = (source: Source, names: readonly string[]): boolean =>
  (fieldOf(
    source,
    names.map((name) => `zero_optimization.${name}`),
  )?.value ?? null) !== null;

/** What a DeepSpeed JSON leaves to DeepSpeed of these sizes. */
export const readOwnBuckets = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["zero_optimization.stage", "zero_optimization"]);
  const stage = field === undefined ? 0 : (numberOf(field.value) ?? Number(field.value === true));
  if (field === undefined || stage < 1) return [];
  const isThird = stage === 3 && !isSaid(source, ["stage3_param_persistence_threshold", "param_persistence_threshold"]);
  const sentences = [...(isSaid(source, ["reduce_bucket_size"]) ? [] : [BUCKET]), ...(isThird ? [PERSISTENCE] : [])];
  return sentences.length === 0 ? [] : [{ kind: "not-modelled", field, sentence: sentences.join(" ") }];
};
