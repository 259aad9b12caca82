// Generation of completions before a step, token by token: cache, logits, gathered parameters.

import { allocated, bytes } from "#calc/base/bytes.ts";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import type { Machine } from "#calc/base/machine.ts";
import { isFlat } from "#calc/model/scenario-traits.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ALLOCATED_TERM_IDS } from "#calc/model/terms.ts";
import type { Completions } from "#calc/model/whole-run.ts";
import { holdingsOf, stepInputOf } from "#calc/step/gpu-holdings.ts";
import { scenarioOfRank, type Workings } from "#calc/step/workings.ts";
import { tapeOptionsOf } from "#calc/step/step-options.ts";
import type { DeviceMemory, DeviceMoment, Held } from "./device-memory.ts";
import { type EvaluatedForward, evaluationForward, type CachedForward } from "./evaluation-forward.ts";
import { shareInWindows } from "./kv-cache.ts";
import { isStockTransformers, deviceAfterStep } from "./shards.ts";
import type { MakeRunMoment } from "./run-moment.ts";

/** What a generation follows from: the scenario of a rank. */
export type Generating = Readonly<{
  workings: Workings;
  scenario: Scenario;
  machine: Machine;
  completions: Completions;
}>;

/** The model in `model.train()` without checkpoints, which gives logits of the last position alone. */
const asGenerated = (scenario: Scenario, { rows, padded }: Completions, tokens: number): Scenario => {
  const {
    selective: _,
    scored_tokens: __,
    completion_length: ___,
    reference: ____,
    trainer: _____,
    ...whole
  } = scenario;
  return {
    ...whole,
    objective: "sft",
    loss: { kind: "full", transformers: "5", outputsKept: false },
    packing: !padded,
    micro_batch_size: rows,
    sequence_length: tokens,
    gradient_accumulation_steps: 1,
    gradient_checkpointing: false,
    checkpointsOffloaded: false,
    savedTensorsOffloaded: false,
  };
};

/** `PeftModel.generate` calls the model inside it: the wrapper with autocast is the outer one's. @see peft 0.21, peft_model.py, `PeftModelForCausalLM.generate` */
const goesPastWrapper = ({ method }: Scenario): boolean => method.kind !== "full";

const forwardOf = (
  { workings, machine, scenario, completions }: Generating,
  cache: CachedForward,
  batch: Pick<Scenario, "sequence_length" | "mismatched_length" | "sides">,
): EvaluatedForward => {
  const unwrapped = goesPastWrapper(scenario);
  const which = { labelled: false, inputNeedsGradient: false, lastPosition: true, cache } as const;
  const run = { ...asGenerated(scenario, completions, batch.sequence_length), ...batch };
  return evaluationForward(workings, run, { machine, which: { ...which, ...(unwrapped && { unwrapped }) } });
};

/** Ids of what begins, ends and pads a row, and which rows go on; from the second token on also the token, its position and which rows ended: a block each. */
const SMALL = 4;
const SMALL_OF_TOKEN = 3;

/** Ids and a mask of all tokens so far; with padding their positions too, and while a token is drawn the mask one longer. */
const GROWN = 2;

/** How many tokens a prompt and its completion have when the last token is made of them. */
const lastOf = ({ promptTokens, newTokens }: Completions): number => promptTokens + newTokens - 1;

/** What each forward of a generation takes, beyond what was there when it began. It leaves its cache, its logits, and parameters that stay gathered. */
type Forwards = Readonly<{
  prompt: EvaluatedForward;
  /** That of the last token; null where the prompt's forward gives all of them. */
  token: EvaluatedForward | null;
  /** The cache after so many tokens. */
  cacheAt: (tokens: number) => number;
}>;

const runForwards = (generating: Generating): Forwards => {
  const { scenario, workings, completions } = generating;
  const { promptTokens, newTokens } = completions;
  const { architecture, modelling } = scenario;
  const { forward } = workings.families.modellingOf(architecture.model_type, modelling);
  const { sliding_window } = architecture;
  const last = lastOf(completions);
  const window = Math.min(last, sliding_window ?? last);
  const ofToken = last > (sliding_window ?? last) ? "token behind full windows" : "token";
  return {
    prompt: forwardOf(generating, "prompt", { sequence_length: promptTokens }),
    token:
      newTokens === 1
        ? null
        : forwardOf(generating, ofToken, {
            sequence_length: 1,
            mismatched_length: last,
            sides: { prompt: window, chosen: window, rejected: window },
          }),
    cacheAt: (tokens) => {
      const { left } = forwardOf(generating, "prompt", { sequence_length: tokens });
      return Math.round(left.activations * shareInWindows({ architecture, forward }, tokens));
    },
  };
};

const LOGITS = "logits";
const CACHE = "KV cache";
const TOKENS = "generated tokens";

/** Allocates what a forward has at its highest, of which so much is cache, and frees it. */
const goThrough = (device: DeviceMemory, { highest }: EvaluatedForward, cache: number): void => {
  const ofCache = Math.min(cache, highest.activations);
  const own = { ...highest, activations: highest.activations - ofCache };
  device.free(
    device.allocateBlocks(CACHE, ofCache),
    ...ALLOCATED_TERM_IDS.map((term) => device.allocateBlocks(term, own[term])),
  );
};

/**
 * What a token's forward copies of experts: the stacks of both projections, once for each expert that each row chose (`batched_mm`).
 *
 * @see transformers 5.24, generation/utils.py, `_optimize_model_for_decode`; integrations/moe.py, `batched_mm_experts_forward`
 */
const chosenExperts = ({ workings, scenario, machine, completions: { rows } }: Generating): number => {
  const { architecture, modelling, method } = scenario;
  const {
    num_experts = 0,
    num_experts_per_tok = 0,
    hidden_size,
    moe_intermediate_size,
    intermediate_size = 0,
  } = architecture;
  if (num_experts === 0 || modelling !== "transformers") return 0;
  const { weights } = tapeOptionsOf(workings, scenario, machine);
  const element = method.kind === "qlora" ? ELEMENT_BYTES.bf16 : ELEMENT_BYTES[weights];
  return rows * num_experts_per_tok * 3 * hidden_size * (moe_intermediate_size ?? intermediate_size) * element;
};

/**
 * A token is drawn: logits as the model returned them, a copy in fp32, its softmax. Parameters that stay gathered after a forward are there meanwhile.
 *
 * @param earlier what is left of the token before
 * @see transformers 5.24, generation/utils.py, `_sample`
 */
const draw = (
  device: DeviceMemory,
  { left }: EvaluatedForward,
  { row, earlier }: Readonly<{ row: number; earlier: number }>,
): void => {
  const gathered = device.allocateBlocks("workspace", left.workspace);
  const returned = device.allocateBlocks(LOGITS, left.logits);
  const copy = device.allocateBlocks(LOGITS, row);
  // The scores before go when their name gets the new ones.
  const probabilities = earlier > 0 ? 0 : row;
  device.free(gathered, returned, copy, device.allocateBlocks(LOGITS, probabilities));
};

/**
 * `model.generate()` as TRL calls it before a step: the forward of all prompts fills the cache, then each token's makes keys, and then values, of a layer anew beside
 * the old ones. Scores and probabilities of the token before are there until those of the next take their names.
 *
 * @returns what stands when it ends: as before
 */
export const generateOn = (device: DeviceMemory, generating: Generating): DeviceMoment => {
  const { scenario, completions } = generating;
  const { rows, promptTokens } = completions;
  const { vocab_size } = scenario.architecture;
  const row = allocated(rows * vocab_size * ELEMENT_BYTES.fp32);
  const { prompt, token, cacheAt } = runForwards(generating);
  const last = lastOf(completions);
  const ids = (tokens: number): number => rows * tokens * ELEMENT_BYTES.int64;
  const times = (count: number, size: number): readonly Held[] =>
    Array.from({ length: count }, () => device.allocate(TOKENS, size));
  const small = times(SMALL, ELEMENT_BYTES.int64);
  const prompts = device.allocate(TOKENS, ids(promptTokens));
  const cached = cacheAt(promptTokens);
  goThrough(device, prompt, cached);
  const begun = device.allocateBlocks(CACHE, cached);
  draw(device, prompt, { row, earlier: 0 });
  device.free(begun);

  if (token !== null) {
    const ofPadding = completions.padded ? 1 : 0;
    const grown = [...times(SMALL_OF_TOKEN, ELEMENT_BYTES.int64), ...times(GROWN + ofPadding, ids(last))];
    const before = device.allocateBlocks(CACHE, cacheAt(last - 1));
    const drawn = device.allocateBlocks(LOGITS, 2 * row);
    const experts = device.allocate("chosen experts", chosenExperts(generating));
    goThrough(device, token, 0);
    device.free(experts);
    device.free(before);
    const whole = device.allocateBlocks(CACHE, cacheAt(last));
    const longer = times(ofPadding, ids(last));
    draw(device, token, { row, earlier: drawn.bytes });
    device.free(whole, drawn, ...grown, ...longer);
  }
  device.free(prompts, ...small);
  return device.endMoment();
};

/** DeepSpeed's stage 3 gathers all parameters at once and takes its hooks away (`ds3_gather_for_generation`); FSDP gathers unit by unit, as in a step. */
const gathersAll = ({ gpus, sharding }: Scenario): boolean => gpus > 1 && sharding === "zero3";

/** A rank that has all parameters, in the types that ranks compute with, and nothing beside the model. */
const whole = ({ workings, scenario, machine }: Omit<Generating, "completions">): Scenario => {
  const { reference: _, ...policy } = scenario;
  const { weights, method, autocast } = tapeOptionsOf(workings, scenario, machine);
  const types = { weights, method, autocast: autocast !== null };
  return { ...policy, ...types, gpus: 1, sharding: "none", offload: "none" };
};

const gather = (device: DeviceMemory, { workings, scenario, machine }: Omit<Generating, "completions">): void => {
  const { weights, adapters } = holdingsOf(workings, stepInputOf(workings, scenario, machine));
  device.allocateBlocks("whole parameters", weights.bytes + adapters.bytes);
};

/** Rows of the reference have no experts, and no tuner but LoRA. */
const isMeasured = (scenario: Scenario): boolean =>
  isStockTransformers(scenario) &&
  (scenario.architecture.num_experts ?? 0) === 0 &&
  (scenario.method.kind === "full" || (scenario.method.lora.tuner === undefined && !scenario.method.lora.use_dora));

/** Ids and masks of the generation before, which the trainer still has but for those of the last step's own rows, and of this one's prompts. */
const hold = (device: DeviceMemory, { rows, promptTokens, newTokens }: Completions, ownRows: number): void => {
  const columns = (of: number, tokens: number): void => {
    for (let column = 0; column < 2; column++) device.allocate("batch", of * tokens * ELEMENT_BYTES.int64);
  };
  columns(Math.max(0, rows - ownRows), promptTokens + newTokens);
  columns(rows, promptTokens);
};

/**
 * Completions that are generated on the training card before a step: from the second step on beside the optimizer's states, and a copy as reference stands by.
 *
 * @see trl 1.16, trainer/grpo_trainer.py, `_generate_single_turn`; models/utils.py, `unwrap_model_for_generation`
 */
export const runGeneration: MakeRunMoment = ({ workings, scenario: asChosen, asked, machine, step }) => {
  const { completions } = asked;
  if (completions === undefined || isFlat(asChosen)) return null;
  const ofRank = scenarioOfRank(workings, asChosen);
  const device = deviceAfterStep(workings, { scenario: ofRank, machine, step });
  hold(device, completions, asChosen.micro_batch_size);
  const scenario = gathersAll(asChosen) ? whole({ workings, scenario: asChosen, machine }) : ofRank;
  if (gathersAll(asChosen)) gather(device, { workings, scenario, machine });
  device.endMoment();
  return {
    id: "generate",
    ...generateOn(device, { workings, scenario, machine, completions }),
    hostBytes: bytes(0),
    basis: isMeasured(asChosen) ? "run" : "read",
  };
};
