// Overrides of a torchtune recipe.

import { type TorchOptimizer, torchOptimizer } from "#interop/config-lines/hand-written-loop.ts";
import { type ChosenRun, chosenSharding } from "#interop/config-lines/chosen-run.ts";
import { type ConfigLibrary, type Setting, topField, overrideField } from "#interop/config-lines/setting.ts";
import { TOPICS, libraryDefault, missingField, missingTopics } from "#interop/config-lines/unwritten-settings.ts";

const TOOL = "torchtune";

/** Why an optimizer is in no recipe; undefined where it is in one. @see torchtune@0.6.1:recipes/full_finetune_distributed.py, lines 158 to 196 */
const refusesOptimizer = (
  { fused, isInBackward }: TorchOptimizer,
  { method, accum, tp }: ChosenRun["choices"],
): string | undefined => {
  if (isInBackward && method !== "full") return "its LoRA recipes step after backward";
  if (isInBackward && accum > 1) return "its recipes accumulate no gradients that are stepped with in backward";
  return method === "full" && tp > 1 && fused === true ? "none that is fused steps divided matrices" : undefined;
};

/** The full recipe of one GPU has no default for it, and its configs say true. @see torchtune@0.6.1:recipes/full_finetune_single_device.py, line 142 */
const inBackward = ({ choices: { method, gpus } }: ChosenRun, value: boolean): Setting => ({
  ...topField("optimizer_in_bwd"),
  value,
  ...((method !== "full" || gpus > 1) && { otherwise: false }),
});

/** An optimizer that torchtune has, in none of the recipes that these choices need. */
const refusedOptimizer = (run: ChosenRun, instead: string): Setting => ({
  name: ".optimizer",
  chosen: run.resolved.optim,
  sentence: `${TOOL} has no field for ${TOPICS.optimizer.words(run)}: ${instead}.`,
  when: "chosen",
});

/** @see torchtune@bd2a0fc7:docs/source/deep_dives/configs.rst, "Removing config fields"; recipes/full_finetune_distributed.py, optimizer_in_bwd (0.1) */
const optimizer = (run: ChosenRun): readonly Setting[] => {
  const found = torchOptimizer(run.resolved.optim);
  if (found === undefined)
    return [missingField(run, [TOOL, "optimizer"], { name: ".optimizer" }), inBackward(run, false)];
  const instead = refusesOptimizer(found, run.choices);
  if (instead !== undefined) return [refusedOptimizer(run, instead), inBackward(run, false)];
  const { component, versions, fused, momentum, isInBackward } = found;
  return [
    { ...topField("optimizer"), value: component, ...(versions !== undefined && { versions }) },
    fused === undefined
      ? { name: "optimizer.fused", statement: "~optimizer.fused" }
      : { within: "optimizer", field: "fused", value: fused },
    ...(momentum === undefined ? [] : [{ within: "optimizer", field: "momentum", value: momentum }]),
    inBackward(run, isInBackward),
  ];
};

/** Chunks of logits, or one cross entropy. @see torchtune 0.3: torchtune/modules/loss/ce_chunked_output_loss.py (none in 0.2) */
const loss = (run: ChosenRun): Setting => {
  const chunked = "torchtune.modules.loss.CEWithChunkedOutputLoss";
  const whole = "torch.nn.CrossEntropyLoss";
  const otherwise = run.stack.loss === "chunked" ? chunked : whole;
  switch (run.resolved.loss) {
    case "full":
    case "parallel":
      return { ...topField("loss"), value: whole, otherwise };
    case "chunked":
      return { ...topField("loss"), value: chunked, otherwise, versions: "From torchtune 0.3." };
    case "inplace":
    case "fused":
      return missingField(run, [TOOL, "loss"], { name: ".loss" });
    default:
      return run.resolved.loss satisfies never;
  }
};

/** Recipes take it with whole layers' checkpoints alone. @see torchtune@0.6.1:recipes/lora_finetune_single_device.py, lines 165 to 173 */
const activationOffloading = (run: ChosenRun, isCheckpointed: boolean): Setting => {
  const field = topField("enable_activation_offloading");
  if (run.resolved.actoffload && !isCheckpointed)
    return missingField(run, [TOOL, "activations"], {
      name: `.${field.field}`,
      instead: "its recipes take enable_activation_offloading with enable_activation_checkpointing",
    });
  // torchtune 0.3.1: recipes (none in 0.3.0)
  return { ...field, value: run.resolved.actoffload, otherwise: false, versions: "From torchtune 0.3.1." };
};

/** Layers in part are the distributed full recipe's alone. @see torchtune@bd2a0fc7:recipes/full_finetune_distributed.py, lines 656 to 667 */
const checkpointing = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved } = run;
  const isPart = choices.ckpt && resolved.selective !== "none";
  const field = topField("enable_activation_checkpointing");
  const offloading = activationOffloading(run, choices.ckpt && !isPart);
  if (isPart && (choices.method !== "full" || choices.gpus === 1)) {
    const instead = "the full recipe over several GPUs alone has one, ac_mode";
    return [missingField(run, [TOOL, "selective"], { name: `.${field.field}`, instead }), offloading];
  }
  return [
    { ...field, value: choices.ckpt && !isPart, otherwise: false },
    { ...topField("ac_mode"), value: isPart ? "selective" : null, otherwise: null },
    { ...topField("ac_option"), value: isPart ? resolved.selective : null, otherwise: null },
    offloading,
  ];
};

/** Names of attention's linears here. @see torchtune@bd2a0fc7:torchtune/modules/peft/_utils.py, LORA_ATTN_MODULES */
const ATTENTION = [
  ["q_proj", "q_proj"],
  ["k_proj", "k_proj"],
  ["v_proj", "v_proj"],
  ["o_proj", "output_proj"],
] as const;
const MLP = ["gate_proj", "up_proj", "down_proj"] as const;

/** One or more of attention's linears, and those of the MLP together; recipes have no default. @see torchtune@0.6.1:torchtune/models/llama3/_component_builders.py, lora_llama3_self_attention */
const targets = (run: ChosenRun): readonly Setting[] => {
  const names = typeof run.targets === "string" ? [...ATTENTION.map(([name]) => name), ...MLP] : run.targets;
  const inMlp = MLP.filter((name) => names.includes(name));
  const attention = ATTENTION.filter(([name]) => names.includes(name));
  const isAll = attention.length + inMlp.length === names.length && (inMlp.length === 0 || inMlp.length === MLP.length);
  if (!isAll || attention.length === 0)
    return [missingField(run, [TOOL, "targets"], { name: "model.lora_attn_modules" })];
  return [
    { within: "model", field: "lora_attn_modules", value: attention.map(([, name]) => name) },
    { within: "model", field: "apply_lora_to_mlp", value: inMlp.length > 0 },
  ];
};

/** The base is NF4 under double quantization, or not quantised. @see torchtune@bd2a0fc7:torchtune/models/llama3_1/_model_builders.py, quantize_base */
const quantization = (run: ChosenRun): Setting => {
  const { method, quant, dq } = run.choices;
  const field = { within: "model", field: "quantize_base" };
  if (method === "qlora" && (quant !== "nf4" || !dq))
    return missingField(run, [TOOL, "quantization"], { name: `${field.within}.${field.field}` });
  return { ...field, value: method === "qlora", otherwise: false };
};

/** What the LoRA builders of models take. @see torchtune@bd2a0fc7:torchtune/models/llama3_1/_model_builders.py (use_dora: 0.3, none in 0.2) */
const adapters = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved, dora } = run;
  if (choices.method === "full") return [];
  const within = "model";
  return [
    { within, field: "lora_rank", value: choices.r },
    { within, field: "lora_alpha", value: resolved.alpha },
    { within, field: "lora_dropout", value: choices.dropout, otherwise: 0 },
    ...targets(run),
    { within, field: "use_dora", value: dora, otherwise: false, versions: "From torchtune 0.3." },
    quantization(run),
    ...missingTopics(run, TOOL, ["saved", "tuner", "adapterFormat", "kbit", "experts"]),
  ];
};

/** Recipes of several GPUs are FSDP 2. @see torchtune@bd2a0fc7:recipes/lora_finetune_distributed.py (fsdp_cpu_offload: 0.2, none in 0.1) */
const sharding = (run: ChosenRun): readonly Setting[] => {
  const { gpus, offload } = run.choices;
  const field = topField("fsdp_cpu_offload");
  const chosen = chosenSharding(run);
  const isFsdp2 = gpus > 1 && chosen.kind === "fsdp" && chosen.version === 2;
  if (isFsdp2 && offload !== "optimizer")
    return [
      libraryDefault(run, [TOOL, "sharding"]),
      { ...field, value: chosen.isOnHost, otherwise: false, versions: "From torchtune 0.2." },
    ];
  return [
    gpus === 1 || isFsdp2 ? libraryDefault(run, [TOOL, "sharding"]) : missingField(run, [TOOL, "sharding"]),
    missingField(run, [TOOL, "offload"], { name: `.${field.field}` }),
  ];
};

/** The one plan that torchtune has. @see torchtune@0.6.1:torchtune/models/llama3/_parallelism.py */
const PLAN = "torchtune.models.llama3.base_llama_tp_plan";

/** Matrices are divided by the full recipe alone, by a plan. @see torchtune 0.6: recipes/full_finetune_distributed.py, tensor_parallel_dim (none in 0.5) */
const division = (run: ChosenRun): readonly Setting[] => {
  const { method, tp } = run.choices;
  const versions = "From torchtune 0.6.";
  return [
    ...(method === "full"
      ? [
          { ...topField("tensor_parallel_dim"), value: tp, otherwise: 1, versions },
          {
            ...topField("tensor_parallel_plan"),
            value: tp > 1 ? PLAN : null,
            otherwise: null,
            versions: "From torchtune 0.6, whose one plan is Llama’s.",
          },
        ]
      : [missingField(run, [TOOL, "tensorParallel"], { name: ".tensor_parallel_dim" })]),
    ...missingTopics(run, TOOL, ["sequenceParallel", "contextParallel", "pipeline", "ulysses"]),
  ];
};

/** The command that overrides follow. @see torchtune@bd2a0fc7:README.md; recipes/ */
const recipe = ({ choices: { gpus, method } }: ChosenRun): Setting => {
  const kind = method === "full" ? "full" : "lora";
  const [processes, place] = gpus === 1 ? ["", "single_device"] : [`--nproc_per_node ${gpus} `, "distributed"];
  return { name: "recipe", statement: `tune run ${processes}${kind}_finetune_${place}` };
};

/** Its full recipe over several GPUs validates. @see torchtune@015b39c7:recipes/full_finetune_distributed.py, setup (batch_size_val) */
const validation = (run: ChosenRun): readonly Setting[] => {
  const { eval: rows, batch, method, gpus } = run.choices;
  const field = topField("batch_size_val");
  if (method !== "full" || gpus === 1)
    return [
      missingField(run, [TOOL, "evaluationBatch"], {
        name: `.${field.field}`,
        instead: "its full recipe over several GPUs alone validates",
      }),
    ];
  if (rows === 0) return [];
  return [{ ...field, value: rows, otherwise: batch, versions: "With dataset_val, which it validates on." }];
};

/** What follows the command of a recipe, field by field of its YAML. @see torchtune@bd2a0fc7:docs/source/deep_dives/configs.rst, "Command-line overrides" */
export const TORCHTUNE_LINES: ConfigLibrary = {
  file: `Overrides of the YAML, ${TOOL}`,
  write: overrideField,
  settings: (run) => [
    recipe(run),
    // Its configs name these three: they have no default.
    { ...topField("batch_size"), value: run.choices.batch },
    { ...topField("gradient_accumulation_steps"), value: run.choices.accum },
    { within: "tokenizer", field: "max_seq_len", value: run.choices.seq },
    { within: "dataset", field: "packed", value: run.choices.packing, otherwise: false },
    { ...topField("compile"), value: run.choices.stack === "torchtune-compiled", otherwise: false },
    ...optimizer(run),
    loss(run),
    ...checkpointing(run),
    ...adapters(run),
    ...sharding(run),
    ...division(run),
    ...missingTopics(run, TOOL, ["attention", "gradients", "states", "weights"]),
  ],
  ofRun: (run) => [
    ...validation(run),
    ...missingTopics(run, TOOL, ["evaluationKept", "evaluationLength", "saving", "merging"]),
  ],
};
