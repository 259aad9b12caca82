import { ownValue } from "#calc/base/guards.ts";
import {
  type Finding,
  fieldOf,
  isOn,
  valueOf,
  type Source,
  numberOf,
  quoted,
  wordOf,
  isSeveral,
  readUnmodelled,
  type Unmodelled,
} from "#interop/import/read-fields.ts";
import { builderOf } from "./tune-step.ts";

/** Optimizers by their components. @see torchtune@bd2a0fc7:recipes/configs/; bitsandbytes.optim, torchao.optim */
const COMPONENTS: Readonly<Record<string, string>> = {
  "torch.optim.AdamW": "adamw_torch",
  "torch.optim.Adam": "adamw_torch",
  "torch.optim.SGD": "sgd",
  "torch.optim.Adafactor": "adafactor",
  "bitsandbytes.optim.AdamW8bit": "adamw_bnb_8bit",
  "bitsandbytes.optim.Adam8bit": "adamw_bnb_8bit",
  "bitsandbytes.optim.PagedAdamW8bit": "paged_adamw_8bit",
  "bitsandbytes.optim.PagedAdam8bit": "paged_adamw_8bit",
  "bitsandbytes.optim.PagedAdamW": "paged_adamw_32bit",
  "bitsandbytes.optim.PagedAdamW32bit": "paged_adamw_32bit",
  "bitsandbytes.optim.Lion": "lion",
  "torchao.optim.AdamW8bit": "adamw_torch_8bit",
  "torchao.optim.AdamW4bit": "adamw_torch_4bit",
  "torchao.prototype.low_bit_optim.AdamW8bit": "adamw_torch_8bit",
  "torchao.prototype.low_bit_optim.AdamW4bit": "adamw_torch_4bit",
  "torch.optim.Muon": "muon",
};

/** What one becomes that steps in backward, parameter by parameter. */
const IN_BACKWARD: Readonly<Record<string, string>> = {
  adamw_torch: "adamw_in_backward",
  adamw_torch_fused: "adamw_in_backward",
  adamw_bnb_8bit: "adamw_bnb_8bit_in_backward",
  paged_adamw_8bit: "paged_adamw_8bit_in_backward",
  paged_adamw_32bit: "paged_adamw_32bit_in_backward",
};

/** PyTorch's own has a kernel for all parameters together where it is told so. */
const variant = (source: Source, optim: string): string => {
  if (optim === "adamw_torch" && isOn(valueOf(source, "optimizer.fused"))) return "adamw_torch_fused";
  const momentum = numberOf(valueOf(source, "optimizer.momentum")) ?? 0;
  return optim === "sgd" && momentum > 0 ? "sgd_momentum" : optim;
};

const NO_SUCH = "What this optimizer keeps while it steps in backward is not known here.";

/** The optimizer, and whether it steps in backward, which the full recipes alone can. @see torchtune@bd2a0fc7:recipes/full_finetune_distributed.py:208 */
export const readTuneOptimizer = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "optimizer._component_");
  if (field === undefined) return [];
  const named = ownValue(COMPONENTS, wordOf(field.value));
  if (named === undefined)
    return [{ kind: "not-modelled", field, sentence: `The states of ${quoted(field.value)} are not known here.` }];
  const optim = variant(source, named);
  const read: Finding = { kind: "read", field, key: "optim", text: optim };
  const backward = fieldOf(source, "optimizer_in_bwd");
  const isInBackward = backward !== undefined && isOn(backward.value) && !/^q?lora_/.test(builderOf(source));
  if (!isInBackward || backward === undefined) return [read];
  const inBackward = IN_BACKWARD[optim];
  return inBackward === undefined
    ? [read, { kind: "not-modelled", field: backward, sentence: NO_SUCH }]
    : [read, { kind: "read", field: backward, key: "optim", text: inBackward }];
};

/** Fields that recipes of several GPUs alone have. @see torchtune@bd2a0fc7:recipes/full_finetune_distributed.py */
const OF_SEVERAL = [
  "fsdp.cpu_offload",
  "fsdp_cpu_offload",
  "fsdp_reshard_after_forward",
  "custom_sharded_layers",
  "tensor_parallel_dim",
  "data_parallel_shard_dim",
  "context_parallel_dim",
  "ac_mode",
];

type Recipe = Readonly<{ isShared: boolean; gpus: number | null; sentence: string }>;

/** What follows an option and begins with no dash is its value, where a recipe is left for what follows that. */
const COMMAND = /tune run\s+(?<options>(?:-\S+(?:[ \t](?!-)\S+)?\s+)*)(?<recipe>[\w/]+)/;

/** Longer comments hold no command. */
const LONGEST_COMMENT = 300;

/** Commands that train nothing. */
const OTHER_COMMANDS = /eleuther|generate|quantize/;

const optionOf = (options: string, name: RegExp): number | null => {
  const number = name.exec(options)?.[1];
  return number === undefined ? null : Number(number);
};

/** Processes of all machines. */
const processesOf = (options: string): number | null => {
  const processes = optionOf(options, /--nproc[-_]per[-_]node[ =](\d+)/);
  return processes === null ? null : processes * (optionOf(options, /--nnodes[ =](\d+)/) ?? 1);
};

/** The command that a comment of the file starts it with, which its fields cannot say. */
const commented = (source: Source): Recipe | undefined => {
  const comments = (source.comments ?? []).filter(({ text }) => text.length <= LONGEST_COMMENT);
  const commands = comments.flatMap(({ line, text }) => {
    const { options = "", recipe = "" } = COMMAND.exec(text)?.groups ?? {};
    return recipe === "" || OTHER_COMMANDS.test(recipe) ? [] : [{ line, options, recipe }];
  });
  const [first] = commands;
  if (first === undefined) return undefined;
  const isShared = first.recipe.includes("distributed");
  return {
    isShared,
    gpus: isShared ? processesOf(first.options) : 1,
    sentence: `A comment in line ${first.line} starts it with the recipe ${first.recipe}.`,
  };
};

/** The command that starts it, which stands beside it, or has the fields itself. */
const commanded = (source: Source): Recipe | undefined => {
  const command = source.startedBy ?? (source.format === "command" ? fieldOf(source, "command") : undefined);
  const recipe = COMMAND.exec(wordOf(command?.value ?? ""))?.groups?.["recipe"];
  if (recipe === undefined) return undefined;
  const isShared = recipe.includes("distributed");
  return { isShared, gpus: isShared ? null : 1, sentence: `The command starts the recipe ${recipe}.` };
};

const recipeOf = (source: Source): Recipe => {
  const isOfSeveral = OF_SEVERAL.some((name) => source.fields.has(name));
  return (
    commanded(source) ??
    commented(source) ?? {
      isShared: isOfSeveral,
      gpus: isOfSeveral ? null : 1,
      sentence: isOfSeveral
        ? "Its fields are those of a recipe for several GPUs, which is FSDP 2."
        : "No field is of a recipe for several GPUs.",
    }
  );
};

/** GPUs that divide one model. */
const DIVISIONS = [
  { name: "tensor_parallel_dim", key: "tp" },
  { name: "context_parallel_dim", key: "cp" },
] as const;

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: "data_parallel_replicate_dim",
    when: isSeveral,
    sentence: "Each of several groups of GPUs has all of the model: it is counted as shared over all of them.",
  },
  {
    field: "fsdp_reshard_after_forward",
    when: (value) => value !== null && !isOn(value),
    sentence: "Parameters that are gathered stay whole from forward to backward: more than is counted.",
  },
  {
    field: "custom_sharded_layers",
    when: (value) => Array.isArray(value) && value.length > 0,
    sentence: "Embeddings and head are shared as units of their own; they are counted as part of the whole model's.",
  },
];

/** On how many GPUs a recipe runs, and how they share it. */
export const readTuneRecipe = (source: Source): readonly Finding[] => {
  const { isShared, gpus, sentence } = recipeOf(source);
  const offload = fieldOf(source, ["fsdp_cpu_offload", "fsdp.cpu_offload"]);
  const isAway = offload !== undefined && isOn(offload.value);
  return [
    { kind: "assumed", key: "shard", text: isShared ? "fsdp2" : "none", sentence },
    ...(gpus === null ? [] : [{ kind: "assumed", key: "gpus", text: String(gpus), sentence } as const]),
    ...(offload === undefined
      ? []
      : [{ kind: "read", field: offload, key: "offload", text: isAway ? "all" : "none" } as const]),
    ...DIVISIONS.flatMap(({ name, key }): readonly Finding[] => {
      const field = fieldOf(source, name);
      const ranks = numberOf(field?.value ?? undefined);
      return field === undefined || ranks === undefined ? [] : [{ kind: "read", field, key, text: String(ranks) }];
    }),
    ...readUnmodelled(source, UNMODELLED),
  ];
};
