// Forwards without a graph, run on the tape, and the key-value cache of a generation.

import type { Architecture } from "#calc/model/architecture.ts";
import { assert } from "#calc/base/guards.ts";
import type { Forward, Model } from "#calc/modules/forward.ts";
import { withInputLeaf, logitsInFp32, withoutLabels, scoredForward } from "#calc/modules/objectives/trl-trainers.ts";
import { trlSftLocals } from "#calc/modules/objectives/sft.ts";
import { isTrlHead } from "#calc/modules/trl-head.ts";
import { causalLm, SFT_OUTPUTS } from "#calc/modules/causal-lm.ts";
import { labelled as columns, type Objective, type Outputs, type Running } from "#calc/modules/objectives/objective.ts";
import type { Autograd } from "#calc/tape/autograd.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { slice, view } from "#calc/tape/ops/views.ts";
import { bind, bindAll } from "#calc/tape/scope.ts";
import { addHooks } from "#calc/tape/create-tape.ts";
import type { KeyValueCache, Tensor } from "#calc/tape/tape.ts";
import type { Writable } from "#calc/tape/run-state.ts";
import type { Machine } from "#calc/base/machine.ts";
import { onceForEach } from "#calc/base/caches.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { type PerTerm, perTerm, totalOf } from "#calc/model/terms.ts";
import { createWorkings } from "#calc/step/create-workings.ts";
import { buffersOf } from "#calc/step/holdings.ts";
import { tapeOptionsOf } from "#calc/step/step-options.ts";
import { walk } from "#calc/step/walk.ts";
import type { Workings } from "#calc/step/workings.ts";

const SLIDING = /\bsliding/;
const FULL = /\bfull_attention/;

/**
 * Whether the cache of a layer keeps a window of tokens alone: its kind says so, or all layers have the window that the model's config names.
 *
 * @see transformers 5.24, cache_utils.py, `DynamicCache.__init__`
 */
export const keepsWindow = ({ sliding_window }: Pick<Architecture, "sliding_window">, kind: string): boolean =>
  sliding_window !== undefined && (SLIDING.test(kind) || !FULL.test(kind));

/**
 * Which forward of a batch that is evaluated. `labelled`: with labels, or without (TRL's second one, which is there for its logits). `inputNeedsGradient`: whether the
 * embeddings' output is a leaf that requires a gradient, as checkpoints beside adapters make it, in evaluation too. `lastPosition`: logits of a row's last token alone, as
 * generation asks for them. `cache`: what it does with a cache of keys and values. `unwrapped`: it goes past the wrapper of accelerate, so without autocast.
 *
 * @see transformers 5.24, modeling_utils.py, `enable_input_require_grads`
 */
type EvaluationForward = Readonly<{
  labelled: boolean;
  inputNeedsGradient: boolean;
  lastPosition?: true;
  cache?: CachedForward;
  unwrapped?: true;
}>;

/** The forward of a prompt, or of one more token: behind a cache whose windows are full, or not. */
export type CachedForward = "prompt" | "token" | "token behind full windows";

/** Layers on paper may be fewer than the model's: each says its kind. */
const cacheOf = (cached: CachedForward, { layers, options: { architecture } }: Model): KeyValueCache => ({
  of: cached === "prompt" ? "prompt" : "token",
  growthOf: (layer) => {
    if (!keepsWindow(architecture, layers[layer]?.kind ?? "")) return "grows";
    return cached === "token behind full windows" ? "full" : "slides";
  },
});

/** Code of a model that is called with `logits_to_keep=1`. */
const ofLastPosition = (forward: Forward): Forward => ({
  ...forward,
  logits: (model, hidden_states) =>
    forward.logits(model, slice(hidden_states, shapeOf("b", 1, lastDim(hidden_states.shape)))),
});

/** Code of a model that is called with positions of each row, as generation makes them of the mask; that of one token is counted by whoever draws it. */
const withPositions = (forward: Forward, cache: CachedForward): Forward => ({
  ...forward,
  positions:
    forward.positions ??
    ((_, ids) =>
      bind(
        cache === "prompt"
          ? withoutGraph({ name: "cumsum", shape: shapeOf("b", "s"), dtype: "int64" }, ids)
          : view(ids, ids.shape),
      )),
});

/** `torch.no_grad()` for the rest of a run that has no backward. */
const stopRecording = (autograd: Autograd): void => {
  const writable: Writable<Autograd> = autograd;
  writable.recording = false;
};

/** What a forward returns has a holder outside the function: it is there when the forward has ended. */
const returned = (outputs: Outputs): Outputs => {
  for (const tensor of Object.values(outputs)) tensor.bindings++;
  return outputs;
};

/** The locals of a function, by their places. */
const asLocals = (tensors: readonly Tensor[]): Outputs =>
  Object.fromEntries(tensors.map((tensor, index) => [`local ${index}`, tensor]));

/** The code that such a forward runs. */
const codeOf = (which: EvaluationForward, forward: Forward): Forward => {
  const { labelled, inputNeedsGradient, lastPosition, cache } = which;
  const positioned = cache === undefined ? forward : withPositions(forward, cache);
  const hooked = inputNeedsGradient ? withInputLeaf(positioned) : positioned;
  const labelless = labelled ? hooked : withoutLabels(hooked);
  return lastPosition ? ofLastPosition(labelless) : labelless;
};

/** Runs the forward; accelerate's wrapper casts logits that leave autocast to fp32, and lets the others go when it returns. */
const run = (which: EvaluationForward, { forward, model, batch }: Running): Outputs => {
  const { tape, options } = model;
  stopRecording(tape.autograd);
  const { labelled, cache, unwrapped = false } = which;
  if (cache !== undefined) addHooks(tape.hooks, { cache: cacheOf(cache, model) });
  const autocast = unwrapped ? null : options.autocast;
  const code = codeOf(which, forward);
  // What `compute_loss` of TRL's trainer has is there while it asks for logits by a second forward.
  if (labelled && isTrlHead(options.loss)) {
    const scored = scoredForward({ forward: code, model, scores: SFT_OUTPUTS }, columns(batch));
    return returned({ ...asLocals(trlSftLocals(scored)), ...scored });
  }
  const [loss, logits, , ...routerLogits] = withAutocast(tape, autocast, () =>
    bindAll(causalLm(code, model, columns(batch))),
  );
  if (labelled && logits === loss) return returned({ loss });
  const cast = logitsInFp32(logits, routerLogits, autocast !== null);
  return returned(labelled ? { loss, logits: cast } : { logits: cast });
};

/**
 * A batch that is evaluated after supervised fine-tuning: one forward without a graph, and no backward. What is alive at its highest point is read from it; what
 * the trainer keeps of its outputs is the evaluation's own (`evaluation-loop.ts`).
 *
 * @see transformers 5.24, trainer.py, `prediction_step`; accelerate 1.15, utils/operations.py, `convert_outputs_to_fp32`
 */
const evaluationObjective = (which: EvaluationForward): Objective => ({
  passes: [{ id: "evaluate", moment: "forward", run: (running) => run(which, running) }],
  loss: ([outputs = {}]) => {
    const [first] = Object.values(outputs);
    assert(first !== undefined, "a forward returns something");
    return first;
  },
});

/** Workings whose step is a forward without a graph, with caches of their own, for each engine and each kind of forward. */
const evaluatingWorkings = onceForEach((workings: Workings): ((which: EvaluationForward) => Workings) => {
  const known = new Map<string, Workings>();
  return (which) => {
    const name = JSON.stringify(which);
    const evaluating =
      known.get(name) ??
      createWorkings({ ...workings, objectives: { sft: evaluationObjective(which) } }, workings.strategy);
    known.set(name, evaluating);
    return evaluating;
  };
});

/** A forward without a graph, beyond what was there when it began. */
export type EvaluatedForward = Readonly<{
  /** At its highest point, by term. */
  highest: PerTerm<number>;
  /** What is left when it ends, by term. Logits, and the loss where it was called with labels; the cache that it filled; parameters that stay gathered. */
  left: PerTerm<number>;
  /** All of it. */
  returnedBytes: number;
}>;

/** Runs a forward without a graph. @param scenario as it is evaluated: batch and length of the evaluation, no checkpoints, no dropout. */
export const evaluationForward = (
  workings: Workings,
  scenario: Scenario,
  { machine, which }: Readonly<{ machine: Machine; which: EvaluationForward }>,
): EvaluatedForward => {
  const evaluating = evaluatingWorkings(workings)(which);
  const compiled = evaluating.compiledStep(tapeOptionsOf(evaluating, scenario, machine));
  const { lastMoments, begin, bytesAt } = walk(compiled, null, scenario);
  const [forward] = lastMoments;
  assert(forward !== undefined, "a forward is a moment");
  const before = bytesAt(begin);
  const beyond = (at: PerTerm<number>): PerTerm<number> => perTerm((term) => at[term] - before[term]);
  const left = beyond(bytesAt(forward.live.point));
  return { highest: beyond(bytesAt(forward.peak.point)), left, returnedBytes: totalOf(left) };
};

/** Bytes of the model's buffers. */
export const bufferBytesOf = (workings: Workings, scenario: Scenario, machine: Machine): number =>
  buffersOf(workings.compiledStep(tapeOptionsOf(workings, scenario, machine))).bytes;
