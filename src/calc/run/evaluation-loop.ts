// The Trainer's evaluation loop: what batches, logits and labels it keeps, point by point.

import type { DeviceMemory, Held, DeviceMoment } from "./device-memory.ts";
import type { Evaluation } from "#calc/model/whole-run.ts";

/** Names of a Python function, and the tensors behind them. A tensor goes when its last name does. */
type PythonNames = Readonly<{
  /** `name = value`: the new tensors are there before the old ones go. None: `del name`. */
  set: (name: string, ...tensors: readonly Held[]) => void;
  get: (name: string) => readonly Held[];
  /** The function returns: all names go. */
  clear: () => void;
}>;

const createPythonNames = (device: DeviceMemory): PythonNames => {
  const byName = new Map<string, readonly Held[]>();
  const holders = new Map<Held, number>();
  const hold = (tensor: Held, step: 1 | -1): void => {
    const count = (holders.get(tensor) ?? 0) + step;
    holders.set(tensor, count);
    if (count > 0) return;
    holders.delete(tensor);
    device.free(tensor);
  };
  const get: PythonNames["get"] = (name) => byName.get(name) ?? [];
  const set: PythonNames["set"] = (name, ...tensors) => {
    const old = get(name);
    for (const tensor of tensors) hold(tensor, 1);
    byName.set(name, tensors);
    for (const tensor of old) hold(tensor, -1);
  };
  return {
    set,
    get,
    clear: () => {
      for (const name of byName.keys()) set(name);
    },
  };
};

/** What a batch brings, and what its forward returns, in bytes. */
export type BatchBytes = Readonly<{
  /** One tensor of the collator's: ids, labels, a mask. */
  column: number;
  columns: number;
  /** Logits as the trainer gets them. */
  logits: number;
  losses: number;
  argmax: number;
}>;

/** An evaluation that is run. */
type EvaluationLoop = Readonly<{
  evaluation: Evaluation;
  sizes: BatchBytes;
  /** Allocates what a forward has at its highest, and frees it again. */
  forward: () => void;
  /** Whether the next batch, which waits in host memory, is counted as well. @see Machine */
  countsHostBatches: boolean;
  /** Whether `prediction_step` counts the tokens of a batch, a scalar that stays until it returns: that of transformers does, TRL's own does not. */
  countsTokens: boolean;
}>;

/** The loop as it runs: its device, and its names. */
type Running = EvaluationLoop & Readonly<{ device: DeviceMemory; names: PythonNames }>;

/** What is alive at a point of the loop, at its highest since the point before. */
export type LoopMoment = DeviceMoment & Readonly<{ point: "predict" | "store" | "next" | "evaluated"; batch: number }>;

/** The name of logits, or of what is made of them, that the loop keeps. */
export const KEPT_OUTPUTS = "kept outputs";

/** One scalar. */
const SCALAR_BYTES = 4;

/** `EvalLoopContainer.add`: a list, or the concatenation of all so far, whose parts are there until it is made. */
const addTo = (
  device: DeviceMemory,
  names: PythonNames,
  added: Readonly<{ to: string; from: string; concatenates: boolean }>,
): void => {
  const stored = names.get(added.to);
  const [tensor] = names.get(added.from);
  if (tensor === undefined) return;
  const [first] = stored;
  if (first === undefined || !added.concatenates) names.set(added.to, ...stored, tensor);
  else names.set(added.to, device.allocate(first.name, first.unrounded + tensor.unrounded));
};

/** The data loader: the batch is sent to the device while the one before is still there; the one after it is made on the host. */
const load = ({ device, names, evaluation, sizes, countsHostBatches }: Running, batch: number): void => {
  const columns = (name: string): readonly Held[] =>
    Array.from({ length: sizes.columns }, () => device.allocate(name, sizes.column));
  const current = columns("batch");
  if (countsHostBatches && batch < evaluation.batches) names.set("next_batch", ...columns("batch on the host"));
  names.set("current_batch", ...current);
  names.set("inputs", ...current);
};

/** What `Trainer.prediction_step` returns; the caller's names are still those of the batch before. */
type Predicted = Readonly<Record<"losses" | "logits" | "labels", readonly Held[]>>;

/** Whether the trainer keeps outputs of a batch: logits, or the tokens that were generated. */
const keepsMoreThanLoss = ({ keeps, max_new_tokens }: Evaluation): boolean => keeps !== "loss" || max_new_tokens > 0;

/** `Trainer.prediction_step` */
const predict = ({ device, names, evaluation, sizes, forward, countsTokens }: Running): Predicted => {
  const count = countsTokens ? [device.allocate("scalars", SCALAR_BYTES)] : [];
  forward();
  const losses = [device.allocate("kept losses", SCALAR_BYTES)];
  const keepsOutputs = keepsMoreThanLoss(evaluation);
  const logits = keepsOutputs ? [device.allocate(KEPT_OUTPUTS, sizes.logits)] : [];
  device.free(...count);
  return { losses, logits, labels: keepsOutputs ? names.get("inputs").slice(0, 1) : [] };
};

/** `losses, logits, labels = self.prediction_step(...)` */
const assign = (names: PythonNames, { losses, logits, labels }: Predicted): void => {
  names.set("losses", ...losses);
  names.set("logits", ...logits);
  names.set("labels", ...labels);
};

/** `pad_across_processes` looks at how long the tensors of other processes are, even where there is none: a size, and what it is compared with. */
const padAcrossProcesses = (device: DeviceMemory, names: PythonNames, name: string): void => {
  if (names.get(name).length === 0) return;
  device.free(device.allocate("scalars", SCALAR_BYTES), device.allocate("scalars", SCALAR_BYTES));
};

/** What the loop keeps of a batch, each in its container. */
const store = ({ device, names, evaluation, sizes }: Running): void => {
  const { keeps, eval_do_concat_batches: concatenates, batch_eval_metrics } = evaluation;
  names.set("losses", device.allocate("kept losses", sizes.losses));
  addTo(device, names, { to: "all_losses", from: "losses", concatenates });
  padAcrossProcesses(device, names, "labels");
  padAcrossProcesses(device, names, "logits");
  if (keeps === "argmax") names.set("logits", device.allocate(KEPT_OUTPUTS, sizes.argmax));
  if (batch_eval_metrics) return;
  addTo(device, names, { to: "all_preds", from: "logits", concatenates });
  addTo(device, names, { to: "all_labels", from: "labels", concatenates });
};

const LOCALS = ["losses", "logits", "labels", "inputs"] as const;
const CONTAINERS = ["all_losses", "all_preds", "all_labels"] as const;

/** Whether what was kept goes to the host after a batch, and whether the loop's names go. */
const afterBatch = ({ names, evaluation }: Running, batch: number): void => {
  const { batch_eval_metrics, eval_accumulation_steps: every } = evaluation;
  const goesToHost = !batch_eval_metrics && every !== null && batch % every === 0;
  if (goesToHost) for (const name of CONTAINERS) names.set(name);
  if (goesToHost || batch_eval_metrics) for (const name of LOCALS) names.set(name);
};

/**
 * `Trainer.evaluation_loop`, batch by batch, until all that it kept has gone to the host. A name keeps its tensor until it gets another, so the logits of the batch
 * before are there during the next forward, beside their copy.
 *
 * @see transformers 5.24, trainer.py, `evaluation_loop`; trainer_pt_utils.py, `EvalLoopContainer`; accelerate 1.15, data_loader.py, `DataLoaderShard.__iter__`
 */
export const runEvaluationLoop = (device: DeviceMemory, loop: EvaluationLoop): readonly LoopMoment[] => {
  const names = createPythonNames(device);
  const running = { ...loop, device, names };
  const moments: LoopMoment[] = [];
  const end = (point: LoopMoment["point"], batch: number): void => {
    moments.push({ ...device.endMoment(), point, batch });
  };
  const { batches } = loop.evaluation;
  for (let batch = 1; batch <= batches; batch++) {
    load(running, batch);
    if (batch > 1) end("next", batch - 1);
    else device.endMoment();
    const predicted = predict(running);
    end("predict", batch);
    assign(names, predicted);
    store(running);
    end("store", batch);
    afterBatch(running, batch);
  }
  names.clear();
  end("evaluated", batches);
  return moments;
};
