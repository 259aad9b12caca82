import { FAKE_TENSORS, type Machine } from "#calc/base/machine.ts";
import { type Bytes, bytes } from "#calc/base/bytes.ts";
import { estimated, type MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Quantization, Scenario } from "#calc/model/scenario.ts";
import type { AskedRun, Evaluation, RunMoment, RunMomentId } from "#calc/model/whole-run.ts";
import type { TrlHead } from "#calc/modules/trl-head.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { evaluationPoints, generationBytes, wholeRun } from "#calc/whole-run.ts";
import type { NamedRow, RowErrors } from "./reference-errors.ts";
import type { ReferenceSettings } from "./reference-row.ts";
import type {
  EvaluateRow,
  GenerateRow,
  LoadRow,
  MergeRow,
  ResumeRow,
  RunKind,
  RunRow,
  SaveRow,
} from "./reference-run-rows.ts";
import { scenarioOf } from "./reference-scenario.ts";

/** A process that has made the table of 256 values, which it makes once. @see bitsandbytes 0.50.2, functional.py, `name2qmap` */
const LATER_IN_PROCESS: Machine = { ...FAKE_TENSORS, hasNestedTable: true };

/** A figure of ours beside PyTorch's. */
type Pair = readonly [ours: number, theirs: number];

/** What is compared of a row. */
type Compared = Readonly<{ peak: Pair; others: readonly Pair[] }>;

/** Compares a row of one kind. `machine`: its process, when it came to the row. */
type Compare<Row extends RunRow> = (row: Row, scenario: Scenario, machine: Machine) => Compared;

const NOTHING_ASKED: AskedRun = { evaluation: null, loading: "none", saving: "none", merge: "none", resumes: false };

type Moments = Partial<Record<RunMomentId, RunMoment>>;

/** The step of a run, and where it runs. */
type Running = Readonly<{ step: MemoryEstimate; machine?: Machine }>;

const runOf = (scenario: Scenario, asked: Partial<AskedRun>, { step, machine = FAKE_TENSORS }: Running): Moments => {
  const question = { scenario, step, asked: { ...NOTHING_ASKED, ...asked } };
  const { moments } = wholeRun(ENGINE, question, machine);
  return Object.fromEntries(moments.map((moment) => [moment.id, moment]));
};

const stepOf = (scenario: Scenario): MemoryEstimate => estimated(ENGINE.estimate(scenario, FAKE_TENSORS));

/** A step after which there is nothing but so much of the model: rows of what follows a step have no step. */
const endingWith = (step: MemoryEstimate, liveBytes: Bytes): MemoryEstimate => ({
  ...step,
  moments: step.moments.map((moment) => ({ ...moment, liveBytes })),
});

const liveOf = (moments: Moments, id: RunMomentId): number => moments[id]?.liveBytes ?? 0;
const peakOf = (moments: Moments, id: RunMomentId): number => moments[id]?.peakBytes ?? 0;

/** `prepare` is one moment of ours and two of PyTorch's. */
const load: Compare<LoadRow> = ({ expected }, scenario, machine) => {
  const ours = runOf(scenario, { loading: "device" }, { step: stepOf(scenario), machine });
  const [first, ...later] = expected.moments;
  const last = later.at(-1);
  return {
    peak: [Math.max(peakOf(ours, "loading"), peakOf(ours, "prepare")), expected.peak_bytes],
    others: [
      [ours.loading?.warmUpBytes ?? 0, expected.warmup_bytes],
      [liveOf(ours, "loading"), first?.live_bytes ?? 0],
      [peakOf(ours, "loading"), first?.peak_bytes ?? 0],
      [liveOf(ours, "prepare"), last?.live_bytes ?? 0],
      [peakOf(ours, "prepare"), Math.max(0, ...later.map(({ peak_bytes }) => peak_bytes))],
    ],
  };
};

/** The model as it is loaded and wrapped, and nothing else: rows of merging begin to count when the table is made. */
const modelAlone = (scenario: Scenario): Bytes => {
  const { loading, prepare } = runOf(
    scenario,
    { loading: "device" },
    { step: stepOf(scenario), machine: LATER_IN_PROCESS },
  );
  return bytes((prepare ?? loading)?.liveBytes ?? 0);
};

/** Compares a moment after which nothing is left of it: of rows that begin with the model alone. */
const afterModel = (
  { expected }: MergeRow | SaveRow | ResumeRow,
  scenario: Scenario,
  [id, asked]: readonly [RunMomentId, Partial<AskedRun>],
): Compared => {
  const alone = modelAlone(scenario);
  const ours = runOf(scenario, asked, { step: endingWith(stepOf(scenario), alone) });
  const [first] = expected.moments;
  return {
    peak: [peakOf(ours, id), expected.peak_bytes],
    others: [
      [alone, expected.static_bytes],
      [liveOf(ours, id), expected.moments.at(-1)?.live_bytes ?? 0],
      [peakOf(ours, id), first?.peak_bytes ?? 0],
    ],
  };
};

const merge: Compare<MergeRow> = (row, scenario) =>
  afterModel(row, scenario, ["merge", { merge: row.safe_merge ? "safe" : "unload" }]);

const save: Compare<SaveRow> = (row, scenario) => afterModel(row, scenario, ["save", { saving: "full" }]);

/** Of these rows the model is alone before, and has its states after. */
const resume: Compare<ResumeRow> = ({ expected }, scenario) => {
  const alone = modelAlone(scenario);
  const states = stepOf(scenario).terms.find(({ id }) => id === "optimizer")?.bytes ?? 0;
  const ours = runOf(scenario, { resumes: true }, { step: endingWith(stepOf(scenario), bytes(alone + states)) });
  return {
    peak: [peakOf(ours, "resume"), expected.peak_bytes],
    others: [
      [alone, expected.static_bytes],
      [liveOf(ours, "resume"), expected.moments.at(-1)?.live_bytes ?? 0],
    ],
  };
};

const keptIn = (row: EvaluateRow): Evaluation["keeps"] => {
  if (row.prediction_loss_only || !row.compute_metrics) return "loss";
  return row.preprocess_logits_for_metrics ?? "logits";
};

/** The points of the trainer's loop, each at its end and at its highest. */
const evaluate: Compare<EvaluateRow> = (row, scenario) => {
  const evaluation: Evaluation = {
    per_device_eval_batch_size: row.eval_batch_size,
    sequence_length: row.eval_sequence_length,
    keeps: keptIn(row),
    batches: row.eval_batches,
    eval_accumulation_steps: row.eval_accumulation_steps ?? null,
    eval_do_concat_batches: row.eval_do_concat_batches,
    batch_eval_metrics: row.batch_eval_metrics,
    max_new_tokens: 0,
  };
  const points = evaluationPoints(ENGINE, { scenario, evaluation }, FAKE_TENSORS);
  const { moments, peak_bytes } = row.expected;
  return {
    peak: [Math.max(...points.map(({ peakBytes }) => peakBytes)), peak_bytes],
    others: [
      [points.length, moments.length],
      ...moments.flatMap(({ live_bytes, peak_bytes: highest }, index): readonly Pair[] => [
        [points[index]?.liveBytes ?? 0, live_bytes],
        [points[index]?.peakBytes ?? 0, highest],
      ]),
    ],
  };
};

/** Held is what a generation takes beyond what was there when it began, which a script and a trainer differ in. */
const generate: Compare<GenerateRow> = ({ completions, expected: { moments } }, scenario) => {
  const prompts = completions.map(([prompt]) => prompt);
  const asked = {
    rows: completions.length,
    promptTokens: Math.max(...prompts),
    newTokens: Math.max(...completions.map(([, tokens]) => tokens)),
    padded: new Set(prompts).size > 1,
  };
  const [{ live_bytes, peak_bytes } = { live_bytes: 0, peak_bytes: 0 }] = moments;
  const taken = generationBytes(ENGINE, { scenario, completions: asked }, FAKE_TENSORS);
  return { peak: [live_bytes + taken, peak_bytes], others: [] };
};

const COMPARE = { load, merge, save, resume, evaluate, generate } satisfies {
  [Kind in RunKind]: Compare<Extract<RunRow, { run: Kind }>>;
};

const compared = (row: RunRow, scenario: Scenario, machine: Machine): Compared => {
  switch (row.run) {
    case "load":
      return COMPARE.load(row, scenario, machine);
    case "merge":
      return COMPARE.merge(row, scenario, machine);
    case "save":
      return COMPARE.save(row, scenario, machine);
    case "resume":
      return COMPARE.resume(row, scenario, machine);
    case "evaluate":
      return COMPARE.evaluate(row, scenario, machine);
    case "generate":
      return COMPARE.generate(row, scenario, machine);
    default:
      return row satisfies never;
  }
};

/** How a row says that its base is quantised: of loading in an object, elsewhere by 8 bits, or by the double quantization of 4. */
const asked = (row: RunRow): LoadRow["quantization"] => {
  if (row.run === "load") return row.quantization;
  const { bits = 4, bnb_4bit_use_double_quant = true } = row.run === "merge" ? row : {};
  return { bits, double_quant: bnb_4bit_use_double_quant };
};

const quantizationOf = (row: RunRow): Quantization => {
  const { bits = 4, quant_type = "nf4", double_quant = true } = asked(row) ?? {};
  return bits === 4
    ? { kind: "bnb-4bit", bnb_4bit_quant_type: quant_type, bnb_4bit_use_double_quant: double_quant }
    : { kind: "bnb-8bit" };
};

/** What no byte of these moments follows from. */
const ANY_STEP = {
  micro_batch_size: 1,
  sequence_length: 128,
  gradient_checkpointing: true,
  autocast_bf16: true,
  attn_implementation: "sdpa",
  optim: "sgd",
} as const satisfies Partial<ReferenceSettings>;

const trlHeadOf = ({ triton = false }: EvaluateRow): TrlHead => ({
  kind: "fused",
  kernel: "trl",
  ...(!triton && { withoutTriton: true }),
});

/** The scenario of a row of a moment outside the step; null where the catalog does not have its model. */
export const runScenarioOf = (row: RunRow): Scenario | null => {
  const settings: ReferenceSettings = { ...ANY_STEP, method: "full", ...row };
  const scenario = scenarioOf(settings);
  if (scenario === null) return null;
  // TRL's own trainer has its fused head in place of the model's loss.
  if (row.run === "evaluate" && row.trainer === "trl") return { ...scenario, loss: trlHeadOf(row) };
  if (row.run === "evaluate" || row.run === "generate" || scenario.method.kind !== "qlora") return scenario;
  return { ...scenario, method: { ...scenario.method, quantization: quantizationOf(row) } };
};

const isNested = (quantization: Quantization): boolean =>
  quantization.kind === "bnb-4bit" && quantization.bnb_4bit_use_double_quant;

/** Whether loading the base of a row makes that table, if nothing made it before in its process. */
const makesTable = (row: RunRow): boolean =>
  (row.run === "load" || row.run === "merge") && row.method === "qlora" && isNested(quantizationOf(row));

/** Of rows in the order of their file, those of loading whose process had made the table before. */
export const rowsWithTable = (rows: readonly RunRow[]): ReadonlySet<RunRow> => {
  const first = rows.findIndex(makesTable);
  const later = first < 0 ? [] : rows.slice(first + 1);
  return new Set(later.filter((row) => row.run === "load" && row.own_process !== true));
};

/** Runs a moment outside the step on paper, as fake tensors do, and holds it against what PyTorch held. `hasTable`: the row is one of `rowsWithTable`. */
export const runErrorsOf = (row: RunRow, scenario: Scenario, hasTable: boolean): RowErrors<NamedRow> => {
  const { peak, others } = compared(row, scenario, hasTable ? LATER_IN_PROCESS : FAKE_TENSORS);
  const errors = [peak, ...others].map(([ours, theirs]) => Math.abs(ours - theirs));
  const [peakBytes, expected] = peak;
  const peakError = peakBytes - expected;
  return {
    row: { id: row.id, model: row.model, method: row.run },
    modelType: scenario.architecture.model_type,
    peakBytes,
    peakError,
    peakErrorFraction: peakError / expected,
    marks: { static: 0, forward: 0, backward: 0, step: 0, zero: 0 },
    runError: Math.max(...errors),
    isExactThroughout: errors.every((error) => error === 0),
  };
};
