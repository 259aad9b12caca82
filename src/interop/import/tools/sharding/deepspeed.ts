import {
  type Finding,
  isOn,
  type SourceField,
  wordOf,
  fieldOf,
  type FieldRule,
  readFields,
  valueOf,
  type Plain,
  type Source,
  numberOf,
  takeWord,
  readUnmodelled,
} from "#interop/import/read-fields.ts";
import { readOwnBuckets } from "./shipped-deepspeed.ts";
import { readSections, UNMODELLED_OF_DEEPSPEED, HARMLESS_OF_DEEPSPEED } from "./deepspeed-lists.ts";
import type { ToolReader } from "#interop/import/named-model.ts";

/** Fields that say where states and parameters are kept: a device, or a switch. */
type OffloadFields = Readonly<{ optimizer: SourceField | undefined; parameters: SourceField | undefined }>;

/** On the host or on its disk: in either case not on the GPU. */
const isAway = (field: SourceField | undefined): field is SourceField =>
  field !== undefined && (isOn(field.value) || /^(cpu|nvme)$/i.test(wordOf(field.value)));

const ALONE = "Parameters in host memory with states on the GPU: no key says that, and they are counted on the GPU.";

/**
 * What ZeRO keeps in host memory. Parameters can leave the GPU in stage 3 alone.
 *
 * @param place where the default stands: nothing is away
 * @see deepspeed@0.19.6:runtime/zero/offload_config.py (lines 24, 58), runtime/zero/config.py (lines 157 to 164)
 */
export const readOffload = ({ optimizer, parameters }: OffloadFields, place: string): readonly Finding[] => {
  if (isAway(optimizer)) {
    const both = isAway(parameters);
    return [
      { kind: "read", field: optimizer, key: "offload", text: both ? "all" : "optimizer" },
      ...(both ? [{ kind: "read", field: parameters, key: "offload", text: "all" } as const] : []),
    ];
  }
  const none = {
    kind: "assumed",
    key: "offload",
    text: "none",
    sentence: `Nothing is in host memory (${place}).`,
  } as const;
  if (isAway(parameters)) return [{ kind: "not-modelled", field: parameters, sentence: ALONE }, none];
  const said = optimizer ?? parameters;
  return said === undefined ? [none] : [{ kind: "read", field: said, key: "offload", text: "none" }];
};

/** Stages of ZeRO as ways of sharing; none of them is data parallelism. */
export const ZERO_STAGES = { "0": "ddp", "1": "zero1", "2": "zero2", "3": "zero3" };

const takeStage = takeWord(ZERO_STAGES);

/** A number, or in old files a switch of stage 1. */
const STAGE: FieldRule = {
  field: ["zero_optimization.stage", "zero_optimization"],
  key: "shard",
  take: (value) => takeStage(typeof value === "boolean" ? Number(value) : value),
  otherwise: { text: "ddp", sentence: "DeepSpeed's default, stage 0 (0.19.6, runtime/zero/config.py:95)." },
};

/** A number that a script may set as well: what it says goes before this. */
const readNumber = (source: Source, name: string, key: "batch" | "accum"): readonly Finding[] => {
  const field = fieldOf(source, name);
  const number = numberOf(field?.value ?? undefined);
  if (field === undefined) return [];
  if (number === undefined) return [{ kind: "ignored", field, sentence: "Left to the script." }];
  const sentence = "Unless the script says otherwise.";
  return [{ kind: "assumed", field, key, text: String(number), sentence }];
};

const readCompute = (source: Source): readonly Finding[] =>
  (["bf16", "fp16"] as const).flatMap((name): readonly Finding[] => {
    const field = fieldOf(source, [`${name}.enabled`, ...(name === "bf16" ? ["bfloat16.enabled"] : [])]);
    return field !== undefined && isOn(field.value) ? [{ kind: "read", field, key: "compute", text: name }] : [];
  });

/** DeepSpeed's own optimizers by their states; its fused Adam makes no temporaries, as PyTorch's fused one. @see deepspeed@0.19.6:runtime/engine.py, _configure_basic_optimizer */
const OPTIMIZERS = takeWord({
  adam: "adamw_torch_fused",
  adamw: "adamw_torch_fused",
  fusedadam: "adamw_torch_fused",
  cpuadam: "adamw_torch_fused",
  lion: "lion",
  sgd: "sgd",
  muon: "muon",
});

const readOptimizer = (source: Source): readonly Finding[] => {
  const isTorch = isOn(valueOf(source, "optimizer.params.torch_adam"));
  const take = (value: Plain) => {
    const taken = OPTIMIZERS(wordOf(value).toLowerCase());
    return isTorch && taken === "adamw_torch_fused" ? "adamw_torch" : taken;
  };
  return readFields(source, [{ field: "optimizer.type", key: "optim", take }]);
};

/** A `zero_optimization` and what is around it, at the top of a source. */
export const readDeepspeed = (source: Source): readonly Finding[] => {
  const at = (name: string | readonly string[]) => fieldOf(source, name);
  const zero = "zero_optimization";
  return [
    ...readFields(source, [STAGE]),
    ...readOffload(
      {
        optimizer: at([`${zero}.offload_optimizer.device`, `${zero}.cpu_offload`]),
        parameters: at([`${zero}.offload_param.device`, `${zero}.cpu_offload_params`, `${zero}.cpu_offload_param`]),
      },
      "DeepSpeed's default",
    ),
    ...readNumber(source, "train_micro_batch_size_per_gpu", "batch"),
    ...readNumber(source, "gradient_accumulation_steps", "accum"),
    ...readCompute(source),
    ...readOptimizer(source),
    ...readUnmodelled(source, UNMODELLED_OF_DEEPSPEED),
    ...readOwnBuckets(source),
    ...readSections(source),
  ];
};

const OWN = ["train_batch_size", "train_micro_batch_size_per_gpu", "zero_allow_untested_optimizer", "steps_per_print"];

/** DeepSpeed's JSON: how GPUs share a run. @see deepspeed@0.19.6:runtime/config.py */
export const DEEPSPEED_READER: ToolReader = {
  id: "deepspeed",
  name: "DeepSpeed 0.19.6",
  stack: null,
  says: "part",
  recognises: ({ format, fields }) =>
    format !== "command" &&
    format !== "python" &&
    ([...fields.keys()].some((path) => path.startsWith("zero_optimization")) || OWN.some((name) => fields.has(name))),
  read: readDeepspeed,
  harmless: HARMLESS_OF_DEEPSPEED,
};
