import type { OptimizerId } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { LossChoice, StackRow } from "#catalog/stack-row.ts";
import { type StackId, STACKS } from "#catalog/stacks.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-model.ts";
import type { MeasuredRun } from "./measured-run.ts";
import { isNotMapped, type NotMapped } from "./not-mapped.ts";
import { runAccumulation } from "./run-accumulation.ts";
import { runGpu } from "./run-gpu.ts";
import { runExperts } from "./run-experts.ts";
import { runKernels } from "./run-kernels.ts";
import { runModel } from "./run-model.ts";
import { runModules } from "./run-modules.ts";
import { objectiveOf, objectiveStack, runObjective } from "./run-objective.ts";
import { runSharding } from "./run-sharding.ts";
import { MASTERS_OF_BF16, runStack } from "./run-stack.ts";

/** The first choice whose pattern the text has; `otherwise` where none has. */
const firstOf = <Value>(text: string, patterns: readonly (readonly [RegExp, Value])[], otherwise: Value): Value => {
  const found = patterns.find(([pattern]) => pattern.test(text));
  return found === undefined ? otherwise : found[1];
};

/** What `mixed_precision no` says, or a benchmark's own code: fms-acceleration's of TRL 0.13 (`scenarios.yaml`) asks for bf16=True with a quantised base only. */
const hasNoAutocast = ({ framework, notes, method, precision }: MeasuredRun): boolean =>
  /mixed[_ ]precision\W{0,3}no\b/i.test(precision) ||
  (method !== "qlora" && /trl 0\.13/.test(framework) && /framework_config=/.test(notes ?? ""));

/** The words on precision and what they say of weights, autocast and adapters; null: what the stack has. */
const formatsOf = ({ precision, method }: MeasuredRun): Pick<Choices, "weights" | "autocast" | "adapters"> =>
  firstOf<Pick<Choices, "weights" | "autocast" | "adapters">>(
    precision,
    [
      [/\bpure bf16\b|\bbf16 \(pure\)/i, { weights: null, autocast: false, adapters: null }],
      [MASTERS_OF_BF16, { weights: null, autocast: null, adapters: null }],
      [/fp32 (master|params)|bf16-mixed|AMP/i, { weights: "fp32", autocast: true, adapters: "fp32" }],
      // PEFT before 0.12 (of torch 2.0's days) makes adapters in the base's own type.
      [/^bf16 mixed/i, { weights: null, autocast: null, adapters: method === "lora" ? "bf16" : null }],
      [/^fp32/i, { weights: "fp32", autocast: false, adapters: "fp32" }],
      [/adapters fp32/i, { weights: null, autocast: null, adapters: "fp32" }],
    ],
    { weights: null, autocast: null, adapters: null },
  );

/** What the weights are and whether autocast runs. */
const precisionOf = (run: MeasuredRun): Pick<Choices, "weights" | "autocast" | "adapters"> => ({
  ...formatsOf(run),
  ...(hasNoAutocast(run) && { autocast: false }),
});

/**
 * What a source that says only `nf4` leaves open is as the page's default. Unsloth loads nothing else than double quantization.
 *
 * @see unsloth/models/llama.py, `FastLlamaModel.from_pretrained` (bnb_4bit_use_double_quant=True)
 */
const isDoublyQuantised = ({ quantization, framework }: Pick<MeasuredRun, "quantization" | "framework">): boolean =>
  /^unsloth/i.test(framework) ||
  (quantization === null || quantization === "nf4"
    ? DEFAULT_CHOICES.dq
    : /(?<!no )double quant|nf4-dq|torchao/i.test(quantization));

const quantizationOf = ({ quantization, framework }: MeasuredRun): Pick<Choices, "quant" | "dq"> => ({
  quant: firstOf<Choices["quant"]>(
    quantization ?? "",
    [
      [/gptq/i, "gptq"],
      [/^int8/i, "int8"],
    ],
    "nf4",
  ),
  dq: isDoublyQuantised({ quantization, framework }),
});

/** What the words on k-bit preparation say; null: the stack's own. Without a Trainer that casts back, PEFT's is the whole of it. */
const kbitOf = ({ precision, framework, notes }: MeasuredRun): Choices["kbit"] => {
  if (/prepare_model_for_kbit_training/.test(precision)) return /trl/i.test(framework) ? "trl-0.11" : "fp32";
  return /framework_config=accelerated-peft/.test(notes ?? "") ? "none" : null;
};

/** `adamw_8bit` is bitsandbytes', `adamw_torch_8bit` torchao's. @see transformers training_args.py, `OptimizerNames` */
const OPTIMIZERS: readonly (readonly [RegExp, OptimizerId])[] = [
  [/paged.*8-?bit.*in-backward/i, "paged_adamw_8bit_in_backward"],
  [/paged.*in-backward/i, "paged_adamw_32bit_in_backward"],
  [/(8-?bit.*adam|adam.*8-?bit).*in-backward/i, "adamw_bnb_8bit_in_backward"],
  [/adamw.*in-backward/i, "adamw_in_backward"],
  [/paged.*8-?bit/i, "paged_adamw_8bit"],
  [/^adamw_torch_8bit/, "adamw_torch_8bit"],
  [/8-?bit.*adam|adam.*8-?bit/i, "adamw_bnb_8bit"],
  [/^(bnb )?paged_?adamw/i, "paged_adamw_32bit"],
  [/adafactor/i, "adafactor"],
  [/fused/i, "adamw_torch_fused"],
  [/adamw/i, "adamw_torch"],
];

/** LitGPT takes bitsandbytes' paged AdamW on a quantised base, whatever is asked for (finetune/lora.py); torchtune's recipes name torch's with `fused: True`. */
const optimizerOf = ({ optimizer, method, framework }: MeasuredRun): Choices["optim"] => {
  if (method === "qlora" && /^lit-?gpt/i.test(framework)) return "paged_adamw_32bit";
  const plain = /^torchtune/i.test(framework) && /^torch AdamW$/.test(optimizer);
  return plain ? null : firstOf<OptimizerId | null>(optimizer, OPTIMIZERS, null);
};

const LOSSES: readonly (readonly [RegExp, LossChoice])[] = [
  [/fused linear|cut cross entropy/i, "fused"],
  [/fast CE/i, "inplace"],
  [/chunked/i, "chunked"],
];

/** A loss of whole logits is the library's own where matrices are divided: torchtitan's leaves them divided. Other objectives than SFT have their own, too. */
const lossOf = ({ chunked_or_fused_ce: how, parallelism, objective }: MeasuredRun): Choices["loss"] => {
  if (objectiveOf({ objective }) !== "sft") return null;
  if (typeof how === "string") return firstOf<LossChoice | null>(how, LOSSES, null);
  return /\bTP\b/.test(parallelism) ? null : "full";
};

const attentionOf = ({ attention_impl }: MeasuredRun): Choices["attn"] =>
  firstOf<Choices["attn"]>(
    attention_impl ?? "",
    [
      [/^flash/i, "flash"],
      [/^sdpa/i, "sdpa"],
      [/^eager/i, "eager"],
    ],
    null,
  );

const EVERY_NTH = /every (\d+)\w* layer/;

/** What of layers is checkpointed, where the row says it in words; whole, where it says no more than that they are; null: as the stack does. */
const selectiveOf = ({ grad_checkpointing }: MeasuredRun, stack: StackId): Choices["selective"] => {
  const words = String(grad_checkpointing);
  const every = EVERY_NTH.exec(words)?.[1];
  if (every !== undefined) return Number(every);
  const said = /op-level|per-op/.test(words) ? "op" : "none";
  const own: StackRow = STACKS[stack];
  return grad_checkpointing === false || said === (own.selective ?? "none") ? null : said;
};

/** What a library's own script drops where the row does not say: `LoraArguments` of Qwen's finetune.py, `lora_dropout` of Lit-GPT's. */
const defaultDropout = ({ framework }: MeasuredRun): number =>
  /qwen finetune\.py|^lit-gpt/i.test(framework) ? 0.05 : 0;

const loraOf = (run: MeasuredRun): Pick<Choices, "r" | "alpha" | "dropout"> => ({
  r: run.lora_rank ?? DEFAULT_CHOICES.r,
  alpha: run.lora_alpha,
  dropout: run.lora_dropout ?? defaultDropout(run),
});

/** Why a run's attention is not said in choices; null where it is. */
const notSaid = (run: MeasuredRun): NotMapped | null =>
  /^flex/i.test(run.attention_impl ?? "")
    ? { why: "its attention is flex attention's, of which no rule is known" }
    : null;

/** Rows are full, or of exactly so many tokens: then all are as long, and none is padded. Those of other objectives are padded whatever a link says. */
const hasNoPadding = (run: MeasuredRun): boolean =>
  run.packed || run.seq_len_kind === "exact" || objectiveOf(run) !== "sft";

const ranStack = (run: MeasuredRun): StackId | NotMapped =>
  objectiveOf(run) === "sft" ? runStack(run) : objectiveStack(run);

/**
 * A run's row as choices, what a link can carry: its library brings its values, and what the row says of precision, preparation, optimizer, loss and
 * attention overrides them. The same rules for all rows: they read model, framework, version and options, never an id.
 */
export const runChoices = (run: MeasuredRun): Choices | NotMapped => {
  if (run.seq_len === null) return { why: "its source gives no sequence length" };
  const unsaid = notSaid(run);
  if (unsaid !== null) return unsaid;
  const [model, stack, sharding] = [runModel(run), ranStack(run), runSharding(run)];
  if (isNotMapped(model)) return model;
  if (typeof stack !== "string") return stack;
  if (isNotMapped(sharding)) return sharding;
  const modules = runModules(run, chosenArchitecture({ model, stack }, FULL_CATALOG));
  if (isNotMapped(modules)) return modules;
  return {
    ...DEFAULT_CHOICES,
    model,
    stack,
    ...sharding,
    ...modules,
    ...loraOf(run),
    ...precisionOf(run),
    ...runObjective(run),
    ...(run.method === "qlora" && { ...quantizationOf(run), ...runExperts(run), kbit: kbitOf(run) }),
    method: run.method,
    show: [run.method],
    batch: run.micro_batch_size,
    seq: run.seq_len,
    accum: runAccumulation(run, sharding.pp),
    packing: hasNoPadding(run),
    ckpt: run.grad_checkpointing !== false,
    selective: selectiveOf(run, stack),
    actoffload: run.activation_offload === true ? true : null,
    ...runKernels(run),
    attn: attentionOf(run),
    loss: lossOf(run),
    optim: optimizerOf(run),
    gpu: runGpu(run) ?? DEFAULT_CHOICES.gpu,
  };
};
