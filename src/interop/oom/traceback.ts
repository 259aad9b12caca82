// Traceback in a log without terminal codes, and the phase and place that its functions name.

/** What a run was doing. */
const PHASES = ["load", "prepare", "train", "evaluate", "save", "merge"] as const;
export type Phase = (typeof PHASES)[number];

/** What of it, where a traceback says that much. */
const PLACES = [
  "attention",
  "backward",
  "concatenate",
  "convert-outputs",
  "dequantise",
  "feed-forward",
  "forward",
  "gather",
  "loss",
  "optimizer",
  "optimizer-state",
  "quantise",
] as const;
export type Place = (typeof PLACES)[number];

/** When it happened; null: the text does not say. */
export type OomMoment = Readonly<{ phase: Phase | null; place: Place | null }>;

const PHASE_NAMES: Readonly<Record<Phase, readonly string[]>> = {
  load: [
    "from_pretrained",
    "load_model",
    "_load_pretrained_model",
    "_load_state_dict_into_meta_model",
    "convert_and_load_state_dict_in_model",
    "set_module_quantized_tensor_to_device",
    "set_module_tensor_to_device",
    "create_quantized_param",
    "caching_allocator_warmup",
    "_init_param_handle_from_module",
  ],
  prepare: ["prepare_model_for_kbit_training", "prepare_model_for_int8_training"],
  train: ["training_step", "train_step", "inner_training_loop", "_inner_training_loop"],
  evaluate: ["evaluate", "evaluation_loop", "prediction_step", "prediction_loop", "predict", "nested_concat"],
  save: ["save_pretrained", "save_model", "_save_checkpoint", "save_checkpoint", "_save", "get_peft_model_state_dict"],
  merge: ["merge_and_unload", "_unload_and_optionally_merge", "get_delta_weight", "merge"],
};

/** A run within a run is the inner: an evaluation within training, a save within that. */
const INNERMOST_FIRST: readonly Phase[] = ["merge", "save", "evaluate", "prepare", "load", "train"];

const PLACE_NAMES: Readonly<Record<Place, readonly string[]>> = {
  attention: [
    "eager_attention_forward",
    "_attn",
    "sdpa_attention_forward",
    "scaled_dot_product_attention",
    "matmul",
    "baddbmm",
    "repeat_kv",
  ],
  backward: ["backward", "run_backward", "_engine_run_backward", "recompute_fn"],
  concatenate: ["nested_concat", "torch_pad_and_concatenate", "pad_across_processes", "_pad_across_processes"],
  "convert-outputs": ["_convert_to_fp32", "convert_to_fp32"],
  dequantise: ["dequantize_4bit", "dequantize_fp4", "dequantize_nf4", "dequantize_blockwise", "fast_dequantize"],
  "feed-forward": ["act_fn", "silu", "gelu", "down_proj", "up_proj", "gate_proj"],
  forward: ["forward"],
  gather: [
    "_alloc_storage",
    "unshard",
    "_unshard",
    "all_gather",
    "_all_gather_flat_param",
    "fetch_sub_module",
    "_allgather_params",
    "flatten_tensors",
  ],
  loss: [
    "cross_entropy",
    "cross_entropy_loss",
    "fixed_cross_entropy",
    "ForCausalLMLoss",
    "log_softmax",
    "loss_function",
    "nll_loss_nd",
    "chunked_cross_entropy",
    "logits.float",
  ],
  optimizer: [
    "adam",
    "adamw",
    "_multi_tensor_adam",
    "_multi_tensor_adamw",
    "_single_tensor_adam",
    "_single_tensor_adamw",
    "_fused_adamw",
    "_foreach_add",
    "_foreach_sqrt",
    "initialize_optimizer_states",
    "_configure_zero_optimizer",
    "_setup_for_real_optimizer",
    "_optimizer_step",
    "_take_model_step",
    "step",
  ],
  "optimizer-state": ["_init_group", "init_state", "exp_avg", "exp_avg_sq", "max_exp_avg_sq", "momentum_buffer"],
  quantise: ["quantize_4bit", "quantize_nf4", "quantize_fp4", "_quantize", "quantize_blockwise"],
};

/** Where what ends there is said best, before what only happens to stand in it: dequantised inside of attention, in a forward that backward runs again. */
const CLOSEST_FIRST: readonly Place[] = [
  "concatenate",
  "convert-outputs",
  "quantise",
  "dequantise",
  "loss",
  "gather",
  "optimizer-state",
  "optimizer",
  "attention",
  "feed-forward",
  "backward",
  "forward",
];

/** Places of a pass: in a training step, and but for the way back in an evaluation. */
const OF_PASS = ["attention", "convert-outputs", "dequantise", "feed-forward", "forward", "gather", "loss"] as const;

/** Where in each phase an allocation can be: a name that says otherwise is a line of code that happens to stand near. */
const PLACES_OF: Readonly<Record<Phase, readonly Place[]>> = {
  load: ["dequantise", "gather", "quantise"],
  prepare: [],
  train: [...OF_PASS, "backward", "optimizer", "optimizer-state"],
  evaluate: [...OF_PASS, "concatenate"],
  save: ["gather"],
  merge: ["dequantise", "quantise"],
};

/** The optimizer and the way back are there in training only. */
const ONLY_IN_TRAINING: readonly Place[] = ["backward", "optimizer", "optimizer-state"];

/** Functions that an optimizer's step runs where it is handed a closure: their work is not of the update. */
const PASSES: readonly string[] = ["closure", "training_step", "forward", "backward", "run_backward"];

/** True if a pass runs inside of the optimizer's step, as Lightning has it. */
const isPassInStep = (frames: readonly string[]): boolean => {
  const last = (names: readonly string[]): number => frames.findLastIndex((frame) => names.includes(frame));
  return last(PASSES) > last([...PLACE_NAMES.optimizer, ...PLACE_NAMES["optimizer-state"]]);
};

const firstNamed = <Name extends string>(
  order: readonly Name[],
  names: Readonly<Record<Name, readonly string[]>>,
  seen: ReadonlySet<string>,
): Name | null => order.find((each) => names[each].some((name) => seen.has(name))) ?? null;

/** The moment of a run that an error came from, by its traceback. Pure: names decide, not paths. */
export const momentOf = ({ frames, calls }: Traceback): OomMoment => {
  const seen = new Set([...frames, ...calls]);
  const phase = firstNamed(INNERMOST_FIRST, PHASE_NAMES, seen);
  const isInPass = isPassInStep(frames);
  const possible = CLOSEST_FIRST.filter(
    (place) =>
      (phase === null || PLACES_OF[phase].includes(place)) &&
      !(isInPass && (place === "optimizer" || place === "optimizer-state")),
  );
  const place = firstNamed(possible, PLACE_NAMES, seen);
  return { phase: phase ?? (place !== null && ONLY_IN_TRAINING.includes(place) ? "train" : null), place };
};

/** "while the model was loaded". */
export const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  load: "while the model was loaded",
  prepare: "while the model was prepared for k-bit training",
  train: "in a training step",
  evaluate: "in an evaluation",
  save: "while the model was saved",
  merge: "while adapters were merged",
};

/** "in the optimizer’s step". */
export const PLACE_WORDS: Readonly<Record<Place, string>> = {
  attention: "in attention",
  backward: "in backward",
  concatenate: "where the logits of its batches are put together",
  "convert-outputs": "where outputs are copied to fp32",
  dequantise: "where a quantised matrix is made whole",
  "feed-forward": "in the MLP",
  forward: "in the forward pass",
  gather: "where parameters are gathered",
  loss: "in the loss",
  optimizer: "in the optimizer’s step",
  "optimizer-state": "where the optimizer makes its states",
  quantise: "where a matrix is quantised",
};

/** The moment that a traceback names, at its closest: "in the optimizer’s step", "while the model was loaded"; null where it names none. */
export const momentWords = ({ phase, place }: OomMoment): string | null => {
  if (place !== null) return PLACE_WORDS[place];
  return phase === null ? null : PHASE_WORDS[phase];
};

const ESCAPE = String.fromCodePoint(27);

/** What a terminal obeys and does not show: colours, as they are and with their first sign lost, and addresses behind words. */
const OBEYED = new RegExp(
  String.raw`${ESCAPE}\[[\d;?]{0,30}[A-Za-z]|\[\d{1,3}(?:;\d{1,3}){0,5}m|${ESCAPE}\][^${ESCAPE}\n]{0,500}(?:${ESCAPE}\\)?`,
  "g",
);

/**
 * A log as it was meant to be read: without the colours of a terminal, the zeros of a file in 16-bit letters (PowerShell writes such), and with line ends of one kind.
 * What stood in one line after signs that take a terminal back to its beginning (a progress bar) stands in lines of its own.
 */
export const plainText = (text: string): string =>
  text.replaceAll("\0", "").replaceAll(OBEYED, "").replaceAll(/\r\n?/g, "\n");

/** A traceback: the functions that ran, outermost first, and what its last lines call and make. */
type Traceback = Readonly<{ frames: readonly string[]; calls: readonly string[] }>;

/** A longer line of a traceback says no more. */
const LONGEST_LINE = 400;

/** How a traceback names the function that ran: Python, Rich (`path.py:12 in forward`), IPython (`File path.py:12, in Trainer.train(self)`, `path.py in f(x)`). */
const FUNCTION = /(?:, line \d{1,7}|\.py:\d{1,7}|\.py|\.py\]\([^)\s]{0,200}\)),? in ([\w.<>]{1,120})/;

/** Rich breaks lines: the name stands on the next. */
const BROKEN = /\.py:\d{1,7} {1,80}in {0,80}$/;

/** A call in a line of code: `torch._foreach_add(`, `tensor.float(`. */
const CALL = /([A-Za-z_]\w{0,80})\(/g;

/** Logits that are copied to fp32: other tensors are, too, so that `float` says nothing. */
const LOGITS_COPIED = /logits\w{0,40}(?:\[[^\]]{0,80}\])?(?:\.contiguous\(\))?\.(?:float\(|to\(torch\.float)/;

/** A state of an optimizer that a line makes: `state["exp_avg_sq"] = torch.zeros_like(`. */
const STATE_MADE = /\b((?:max_)?exp_avg(?:_sq)?|momentum_buffer)\b["']?\]?\s{0,4}=\s/;

/** Which lines are read in full for calls: the last, where it ended. */
const LAST_LINES = 12;

/** What only a drawing of a traceback has. */
const FRAME = /[\u2500-\u257F❱]/g;

/** `Trainer.train` and `<locals>.new_forward` by the last part. */
const lastName = (name: string): string => name.split(".").at(-1) ?? name;

const cleaned = (line: string): string => line.slice(0, LONGEST_LINE).replaceAll(FRAME, " ").trim();

const functionsIn = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line, index) => {
    const [, name] = FUNCTION.exec(line) ?? [];
    if (name !== undefined) return [lastName(name)];
    if (!BROKEN.test(`${line} `) && !line.endsWith(" in")) return [];
    const next = /^[\w.<>]{1,120}/.exec(lines[index + 1] ?? "")?.[0];
    return next === undefined ? [] : [lastName(next)];
  });

const callsIn = (lines: readonly string[]): readonly string[] =>
  lines
    .filter((line) => !FUNCTION.test(line))
    .flatMap((line) => [
      ...[...line.matchAll(CALL)].map(([, name]) => name ?? ""),
      ...(LOGITS_COPIED.test(line) ? ["logits.float"] : []),
      ...(STATE_MADE.exec(line)?.slice(1, 2) ?? []),
    ]);

/**
 * The functions of a traceback, and the calls of its last lines.
 *
 * @param text what stands before the error
 */
export const readTraceback = (text: string): Traceback => {
  const lines = text.split("\n").map(cleaned);
  return { frames: functionsIn(lines), calls: callsIn(lines.slice(-LAST_LINES)) };
};
