import type { Finding } from "#interop/import/finding.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { catalogModel, readModel } from "#interop/import/named-model.ts";
import { asTrl } from "#interop/import/objective/as-trl.ts";
import { fieldOf, type FieldRule, isOn, readFields } from "#interop/import/read-fields.ts";
import type { Plain, Source, SourceField } from "#interop/import/source.ts";
import { takeFlag, takeNumber, wordOf } from "#interop/import/take.ts";
import { readTrainingArguments } from "#interop/import/tools/hugging-face/training-arguments.ts";
import { takeAttention, takeDtype } from "#interop/import/tools/hugging-face/words.ts";
import { readAllocator } from "#interop/import/tools/launch/allocator-field.ts";
import { readNamedFile } from "#interop/import/tools/launch/named-file.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";
import { readUnmodelled } from "#interop/import/unmodelled.ts";
import { readGalore } from "./galore.ts";
import { HARMLESS_OF_SWIFT } from "./harmless.ts";
import { readAdapters, readMethod, standsIn } from "./method.ts";
import { withOldNames } from "./old-names.ts";
import { readReentrance } from "./reentrance.ts";
import { readAccumulation, readSharing } from "./sharing.ts";
import { readSwiftObjective, SWIFT_RUNS, swiftObjective } from "./swift-objective.ts";
import { UNMODELLED_OF_SWIFT } from "./unmodelled.ts";

const COMMAND = /\b(swift|megatron)\b.*\b(sft|pt|rlhf)\b/;

/** ms-swift's own words for FlashAttention, beside transformers'. */
const takeAttnImpl = (value: Plain) => (wordOf(value).startsWith("flash_attn") ? "flash" : takeAttention(value));

/** @see ms-swift@3602360a:swift/arguments/base_args/template_args.py:130, base_args.py:105, model_args.py:74 */
const RULES: readonly FieldRule[] = [
  { field: "max_length", key: "seq", take: takeNumber, isLength: true },
  { field: "attn_impl", key: "attn", take: takeAttnImpl },
  { field: "use_flash_attn", key: "attn", take: (value) => (isOn(value) ? "flash" : null) },
  { field: ["torch_dtype", "dtype"], key: "weights", take: takeDtype },
];

/** Rows after one another without padding, whether as long as `max_length` or not. @see ms-swift@3602360a:swift/arguments/base_args/template_args.py:139 */
const readPacking = (source: Source): readonly Finding[] => {
  const [packing, free] = [fieldOf(source, "packing"), fieldOf(source, "padding_free")];
  if (packing !== undefined && isOn(packing.value))
    return [
      { kind: "read", field: packing, key: "packing", text: "1" },
      ...(free === undefined
        ? []
        : [{ kind: "ignored", field: free, sentence: "Packed rows have no padding." } as const]),
    ];
  if (free !== undefined) return [{ kind: "read", field: free, key: "packing", text: isOn(free.value) ? "1" : "0" }];
  return readFields(source, [
    {
      field: "packing",
      key: "packing",
      take: takeFlag,
      otherwise: standsIn("0", "arguments/base_args/base_args.py:105"),
    },
  ]);
};

/** Unsloth's code under ms-swift's flags. @see ms-swift@3602360a:swift/pipelines/train/tuner.py, prepare_adapter */
const readBackend = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "tuner_backend");
  return field?.value === "unsloth" ? [{ kind: "read", field, key: "stack", text: "unsloth" }] : [];
};

/** The model; of ms-swift 2 its type says which one where the path does not. */
const modelField = (source: Source, catalog: Catalog): SourceField | undefined => {
  const [model, type] = [fieldOf(source, "model"), fieldOf(source, "model_type")];
  const isKnown = (field: SourceField | undefined): boolean =>
    field !== undefined && catalogModel(wordOf(field.value), catalog) !== undefined;
  return !isKnown(model) && isKnown(type) ? type : model;
};

const MEGATRON = "Megatron-SWIFT trains with Megatron's own code, which is not known here.";

/** `swift sft` and its like, as commands and as files of the same fields. @see ms-swift@3602360a:swift/arguments/ */
export const MS_SWIFT_READER: ToolReader = {
  id: "ms-swift",
  name: "ms-swift 4.6",
  stack: "transformers",
  says: "run",
  recognises: ({ fields }) => {
    const command = fields.get("command");
    if (command !== undefined) return COMMAND.test(wordOf(command.value));
    return fields.has("model") && (fields.has("tuner_type") || (fields.has("train_type") && fields.has("torch_dtype")));
  },
  read: (given, { catalog }) => {
    const source = withOldNames(given);
    const sharing = readSharing(source);
    const command = fieldOf(source, "command");
    if (command !== undefined && /\bmegatron\b/.test(wordOf(command.value)))
      return [{ kind: "refused", field: command, sentence: MEGATRON }];
    const objective = swiftObjective(source);
    const findings: readonly Finding[] = [
      ...readModel(modelField(source, catalog), catalog),
      ...readNamedFile(source),
      ...readBackend(source),
      ...readMethod(source),
      ...readAdapters(source),
      ...readFields(
        source,
        // Prompts that completions are generated for are cut at it, which their reader says.
        RULES.filter(({ key }) => objective !== "grpo" || key !== "seq"),
      ),
      ...readTrainingArguments(
        source,
        {
          batch: standsIn("1", "trainers/arguments.py:129"),
          eval: standsIn("1", "trainers/arguments.py:130"),
          ckpt: standsIn("1", "trainers/arguments.py:134"),
        },
        { without: ["accum"] },
      ),
      ...readGalore(source),
      ...readAccumulation(source),
      ...readPacking(source),
      ...sharing,
      ...readReentrance(source, sharing),
      ...readAllocator(source),
      ...readSwiftObjective(source),
      ...readUnmodelled(source, UNMODELLED_OF_SWIFT),
    ];
    return objective === undefined ? findings : asTrl(findings, objective, SWIFT_RUNS);
  },
  harmless: HARMLESS_OF_SWIFT,
};
