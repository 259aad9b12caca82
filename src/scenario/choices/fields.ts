import { TARGET_PRESETS } from "#calc/model/layout.ts";
import { OBJECTIVES } from "#calc/model/objective.ts";
import { METHODS, OPTIMIZERS, SHARDINGS, TUNERS } from "#calc/model/scenario.ts";
import { EVALUATION_KEEPS, LOADINGS, SAVINGS } from "#calc/model/whole-run.ts";
import { STACKS } from "#catalog/stacks.ts";
import {
  type Choices,
  COMPUTES,
  ENGINES,
  EXPERT_READS,
  EXPERTS,
  MERGES,
  REF_CHOICES,
  TEACHER_TYPES,
} from "./choices.ts";
import { flag } from "#scenario/choices/codec/flag.ts";
import { gpuChoice } from "#scenario/choices/codec/gpu-choice.ts";
import {
  inKey,
  type KeyedCodec,
  type KeyedReading,
  orNull,
  readOnly,
  type ReadAgainst,
  type Texts,
} from "#scenario/choices/codec/keyed-codec.ts";
import { atLeastOneOf, moduleNames, presetOrModuleNames, someOrAllBut } from "#scenario/choices/codec/list.ts";
import { lockList } from "#scenario/choices/codec/lock-list.ts";
import { modelChoice } from "#scenario/choices/codec/model-choice.ts";
import { decimal, whole } from "#scenario/choices/codec/number.ts";
import { oneOf } from "#scenario/choices/codec/one-of.ts";
import { parameterFormat } from "#scenario/choices/codec/parameter-format.ts";
import { selectiveChoice } from "#scenario/choices/codec/selective-choice.ts";
import { teacherChoice } from "#scenario/choices/codec/teacher-choice.ts";
import { wordOrNumber } from "#scenario/choices/codec/word-or-number.ts";
import { DEFAULT_CHOICES } from "./defaults.ts";
import { PANEL_IDS } from "./panel-ids.ts";
import { QUANTS } from "./quants.ts";
import { RANGES } from "./ranges.ts";

/** A field of the choices, the link keys that carry it (mostly one), and its way there and back. */
export type Field = Readonly<{
  field: keyof Choices;
  keys: readonly string[];
  encode: (choices: Choices) => Texts;
  decode: (texts: Texts, against: ReadAgainst) => KeyedReading<unknown>;
  default: unknown;
  /** What holds where the link has nothing, in words; null where the default has a spelling of its own. */
  otherwise: string | null;
}>;

const row = <Key extends keyof Choices>(
  field: Key,
  codec: KeyedCodec<Choices[Key]>,
  otherwise: string | null = null,
): Field => ({
  field,
  keys: codec.keys,
  encode: (choices) => codec.encode(choices[field]),
  decode: codec.decode,
  default: DEFAULT_CHOICES[field],
  otherwise,
});

/** Alternative spellings by transformers itself (`training_args.py`, `OptimizerNames`). */
const OPTIMIZER_ALIASES = {
  adamw_8bit: "adamw_bnb_8bit",
  lion_32bit: "lion",
  paged_adamw: "paged_adamw_32bit",
} as const;

const BY_STACK = "what the stack does is used";
const BY_CARD = "what the stack does on the card is used";
const NONE = "none is used";

const UNLOCKED: readonly Field[] = [
  row("model", modelChoice),
  row("method", inKey("method", oneOf(METHODS))),
  row("show", inKey("show", atLeastOneOf(METHODS, "a method"))),
  row("stack", inKey("stack", oneOf(Object.keys(STACKS)))),
  row("weights", orNull(inKey("weights", parameterFormat)), BY_STACK),
  row("grads", orNull(inKey("grads", parameterFormat)), BY_STACK),
  row("states", orNull(inKey("states", parameterFormat)), BY_STACK),
  row("adapters", orNull(inKey("adapters", parameterFormat)), BY_STACK),
  row("autocast", orNull(inKey("autocast", flag)), BY_STACK),
  row("quant", inKey("quant", oneOf(QUANTS))),
  row("dq", inKey("dq", flag)),
  row("kbit", orNull(inKey("kbit", oneOf(["fp32", "trl", "trl-0.11", "axolotl", "none"]))), BY_STACK),
  row("r", inKey("r", whole(RANGES.r))),
  row("alpha", orNull(inKey("alpha", decimal({ min: 0, max: 65_536 }))), "twice the rank is used"),
  row("dropout", inKey("dropout", decimal({ min: 0, max: 0.9 }))),
  row("targets", inKey("targets", presetOrModuleNames(TARGET_PRESETS))),
  row("dora", inKey("dora", flag)),
  row("save", inKey("save", moduleNames), NONE),
  row("batch", inKey("batch", whole(RANGES.batch))),
  row("seq", inKey("seq", whole(RANGES.seq))),
  row("accum", inKey("accum", whole(RANGES.accum))),
  row("packing", inKey("packing", flag)),
  row("ckpt", inKey("ckpt", flag)),
  row("selective", orNull(inKey("selective", selectiveChoice)), BY_STACK),
  row("actoffload", orNull(inKey("actoffload", flag)), BY_STACK),
  row(
    "attn",
    orNull(inKey("attn", oneOf(["flash", "sdpa", "math", "eager"], { flash_attention_2: "flash" }))),
    BY_CARD,
  ),
  row("loss", orNull(inKey("loss", oneOf(["full", "parallel", "inplace", "chunked", "fused"]))), BY_STACK),
  row("optim", orNull(inKey("optim", oneOf(OPTIMIZERS, OPTIMIZER_ALIASES))), BY_STACK),
  row("gpu", gpuChoice),
  row("used", inKey("used", decimal({ min: 0, max: 100_000 }))),
  row("gpus", inKey("gpus", whole(RANGES.gpus))),
  row("shard", orNull(inKey("shard", oneOf(SHARDINGS, { fsdp: "fsdp2" }))), "what follows from gpus is used"),
  row("offload", inKey("offload", oneOf(["none", "optimizer", "all"]))),
  row("tp", inKey("tp", whole(RANGES.ranks))),
  row("sp", inKey("sp", flag)),
  row("cp", inKey("cp", whole(RANGES.ranks))),
  row("pp", inKey("pp", whole(RANGES.ranks))),
  row("ulysses", inKey("ulysses", whole(RANGES.ranks))),
  row("experts", orNull(inKey("experts", oneOf(EXPERTS))), BY_STACK),
  row("expertread", orNull(inKey("expertread", oneOf(EXPERT_READS))), BY_STACK),
  row("compute", orNull(inKey("compute", oneOf(COMPUTES))), BY_CARD),
  row("alloc", inKey("alloc", wordOrNumber(["default", "expandable"], { name: "split", range: RANGES.splitMib }))),
  row("liger", orNull(inKey("liger", flag)), BY_STACK),
  row("lorakernels", orNull(inKey("lorakernels", flag)), BY_STACK),
  row("reentrant", orNull(inKey("reentrant", flag)), BY_STACK),
  row("ep", inKey("ep", whole(RANGES.ranks))),
  row("tuner", inKey("tuner", oneOf(TUNERS))),
  row("lengths", inKey("lengths", wordOrNumber(["fixed", "uniform"], { name: "lognormal", range: RANGES.seq }))),
  row("eval", inKey("eval", whole(RANGES.eval))),
  row("evalseq", orNull(inKey("evalseq", whole(RANGES.seq))), "that of seq is used"),
  row("evalkeep", inKey("evalkeep", oneOf(EVALUATION_KEEPS))),
  row("evalbatches", inKey("evalbatches", whole(RANGES.evalbatches))),
  row("evalmove", inKey("evalmove", whole(RANGES.evalmove))),
  row("evallist", inKey("evallist", flag)),
  row("evalgen", inKey("evalgen", whole(RANGES.evalgen))),
  row("saving", inKey("saving", oneOf(SAVINGS))),
  row("merge", inKey("merge", oneOf(MERGES, { false: "0", true: "1" }))),
  row("resume", inKey("resume", flag)),
  row("loading", inKey("loading", oneOf(LOADINGS))),
  row("objective", inKey("objective", oneOf(OBJECTIVES))),
  row("ref", orNull(inKey("ref", oneOf(REF_CHOICES))), "what the trainer does by itself is used"),
  row("prompt", orNull(inKey("prompt", whole(RANGES.prompt))), "half of seq is used"),
  row("completion", readOnly(orNull(inKey("completion", whole(RANGES.seq)))), "the rest of seq is used"),
  row("fill", inKey("fill", decimal(RANGES.fill))),
  row("beta", inKey("beta", decimal({ min: 0, max: 100 }))),
  row("kl", inKey("kl", flag)),
  row("engine", inKey("engine", oneOf(ENGINES))),
  row("gensteps", orNull(inKey("gensteps", whole(RANGES.accum))), "that of accum is used"),
  row("generations", inKey("generations", whole(RANGES.generations))),
  row("vllm", inKey("vllm", decimal(RANGES.vllm))),
  row("sleep", inKey("sleep", flag)),
  row("teacher", teacherChoice, "the model itself is used"),
  row("teacherdtype", inKey("teacherdtype", oneOf(TEACHER_TYPES))),
  row("embed", inKey("embed", flag)),
  row("theme", inKey("theme", oneOf(["light", "dark", "auto"]))),
  row("only", inKey("only", someOrAllBut<string>(PANEL_IDS, "a panel")), NONE),
  row("hide", inKey("hide", someOrAllBut<string>(PANEL_IDS, "a panel")), NONE),
];

/** What `lock` can name: the key of every control. */
const LOCKABLE = [...UNLOCKED.flatMap(({ keys }) => keys), "lock"];

/**
 * The link, key by key, in canonical order: the one table from which links are written and read. Public interface: a key is never renamed without
 * an alias, and a default never changed without a new version.
 */
export const FIELDS: readonly Field[] = [...UNLOCKED, row("lock", inKey("lock", lockList(LOCKABLE)), NONE)];
