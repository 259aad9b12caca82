// DeepSpeed JSON files that tools ship, and the bucket sizes that a file leaves to DeepSpeed.

import {
  type Finding,
  fieldOf,
  type Source,
  type SourceField,
  numberOf,
  wordOf,
} from "#interop/import/source-fields.ts";
import { ownValue } from "#calc/base/guards.ts";
import { lastNamePart } from "#interop/import/named-model.ts";

const PLACE = "0.19.6, runtime/zero/config.py";

/** Elements of the gradients that are reduced at once, as a buffer of 16 bits. */
const bufferWords = (elements: number): string =>
  `${elements.toLocaleString("en-US")} elements are reduced at once, a buffer of ${((elements * 2) / 2 ** 30).toFixed(2)} GiB in 16 bits`;

const COUNTED = "Counted is the square of the width, which “auto” becomes under the Trainer.";

/** Of a file that sets the size of the bucket, what is counted instead. */
const bucketSentence = (elements: number): string => `By that file ${bufferWords(elements)}. ${COUNTED}`;

/** What DeepSpeed takes where nothing says it. @see deepspeed@0.19.6:runtime/zero/config.py, DeepSpeedZeroConfig: reduce_bucket_size, param_persistence_threshold */
const OWN_BUCKET = 500_000_000;
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

/** What a DeepSpeed JSON that a tool ships holds. */
export type ShippedJson = Readonly<{
  shard: "ddp" | "zero1" | "zero2" | "zero3";
  offload: "none" | "optimizer" | "all";
  /** How many elements of gradients it has reduced at once, where it does not leave that open as “auto”. */
  bucket?: number;
  /** What else in it changes memory. */
  also?: string;
}>;

const UNREAD = "It names another file, which is not read: import that one beside this.";

/** Tools ship theirs in folders of that name; a file in another folder is somebody's own, whatever it is called. */
const isInOwnFolder = (path: string): boolean => {
  const folder = path.split(/[/\\]/).at(-2);
  return folder === undefined || folder === "" || folder === "." || /deepspeed/i.test(folder);
};

/** What a field that names a DeepSpeed JSON says: known of the tool's own, by their names, and open of all others. */
export const readShipped = (field: SourceField, files: Readonly<Record<string, ShippedJson>>): readonly Finding[] => {
  const file = lastNamePart(wordOf(field.value));
  const name = file.replace(/\.json$/i, "");
  const shipped = isInOwnFolder(wordOf(field.value)) ? ownValue(files, name) : undefined;
  if (shipped === undefined) return [{ kind: "not-modelled", field, sentence: UNREAD, names: file }];
  const { shard, offload, bucket, also } = shipped;
  return [
    { kind: "read", field, key: "shard", text: shard },
    { kind: "read", field, key: "offload", text: offload },
    ...(bucket === undefined
      ? []
      : [{ kind: "not-modelled", field, sentence: bucketSentence(bucket), names: file } as const]),
    ...(also === undefined ? [] : [{ kind: "not-modelled", field, sentence: also } as const]),
  ];
};

const COMPILED = "That file compiles the model, which saves other tensors than those that are counted here.";
const PARAMETERS_ALONE = "That file has parameters alone in host memory: they are counted on the GPU.";

/** @see axolotl@067b021c:deepspeed_configs/ (zero2.json offloads the optimizer; those of stages 1 and 2 leave the bucket to DeepSpeed) */
export const JSONS_OF_AXOLOTL: Readonly<Record<string, ShippedJson>> = {
  zero1: { shard: "zero1", offload: "none", bucket: OWN_BUCKET },
  zero1_torch_compile: { shard: "zero1", offload: "none", bucket: OWN_BUCKET, also: COMPILED },
  zero2: { shard: "zero2", offload: "optimizer", bucket: OWN_BUCKET },
  zero2_torch_compile: { shard: "zero2", offload: "optimizer", bucket: OWN_BUCKET, also: COMPILED },
  zero3: { shard: "zero3", offload: "none" },
  zero3_bf16: { shard: "zero3", offload: "none" },
  zero3_bf16_cpuoffload_all: { shard: "zero3", offload: "all" },
  zero3_bf16_cpuoffload_params: { shard: "zero3", offload: "none", also: PARAMETERS_ALONE },
};

/** @see LLaMA-Factory@ff6d4d12:examples/deepspeed/ */
export const JSONS_OF_LLAMA_FACTORY: Readonly<Record<string, ShippedJson>> = {
  ds_z0_config: { shard: "ddp", offload: "none" },
  ds_z2_config: { shard: "zero2", offload: "none", bucket: OWN_BUCKET },
  ds_z2_autotp_config: {
    shard: "zero2",
    offload: "none",
    also: "That file divides matrices among GPUs, too: they are counted whole.",
  },
  ds_z2_offload_config: { shard: "zero2", offload: "optimizer", bucket: OWN_BUCKET },
  ds_z3_config: { shard: "zero3", offload: "none" },
  ds_z3_fp8_config: { shard: "zero3", offload: "optimizer" },
  ds_z3_offload_config: { shard: "zero3", offload: "all" },
};
