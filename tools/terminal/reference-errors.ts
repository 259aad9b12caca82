import { estimated, type Moment } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { FAKE_TENSORS, type Machine } from "#calc/base/machine.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { bytes, allocated } from "#calc/base/bytes.ts";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import type { ReferenceMoment, ReferenceRow } from "./reference-row.ts";

/** What is compared: bytes after loading, and the highest of each moment. */
export const MARKS = ["static", "forward", "backward", "step", "zero"] as const;
export type Mark = (typeof MARKS)[number];

/** What a row is called by: the method of its step, or which moment outside it that is. */
export type NamedRow = Pick<ReferenceRow, "id" | "model"> & Readonly<{ method: string }>;

/** How far a row is off: bytes too many (or too few, negative), of each mark and of the highest moment. */
export type RowErrors<Row extends NamedRow = ReferenceRow> = Readonly<{
  row: Row;
  modelType: string;
  peakBytes: number;
  /** Of `expected.peak_bytes`. */
  peakError: number;
  peakErrorFraction: number;
  marks: Readonly<Record<Mark, number>>;
  /** Of a row of moments outside the step: the largest error of what is alive, of the highest, of the warm-up. */
  runError?: number;
  /** Whether every live and peak figure of every moment is the same. */
  isExactThroughout: boolean;
}>;

/** The last moment of that name: of the last micro step. */
const lastOf = <T extends { id: string } | { moment: string }>(moments: readonly T[], name: string): T | undefined =>
  moments.findLast((moment) => ("id" in moment ? moment.id : moment.moment) === name);

const markErrors = (row: ReferenceRow, simulated: readonly Compared[]): Record<Mark, number> => {
  const loaded = lastOf(simulated, "load")?.liveBytes ?? 0;
  const errors = { static: loaded - row.expected.static_bytes, forward: 0, backward: 0, step: 0, zero: 0 };
  for (const mark of ["forward", "backward", "step", "zero"] as const)
    errors[mark] = (lastOf(simulated, mark)?.peakBytes ?? 0) - (lastOf(row.expected.step, mark)?.peak_bytes ?? 0);
  return errors;
};

const isExact = (row: ReferenceRow, simulated: readonly Compared[]): boolean => {
  const steps = simulated.filter(({ id }) => id !== "load");
  const { step, static_bytes } = row.expected;
  // Rows in short have the last micro step only.
  const compared = steps.slice(steps.length - step.length);
  return (
    lastOf(simulated, "load")?.liveBytes === static_bytes &&
    step.every(({ live_bytes, peak_bytes }, index) => {
      const moment = compared[index];
      return moment?.liveBytes === live_bytes && moment.peakBytes === peak_bytes;
    })
  );
};

type Compared = Pick<Moment, "id" | "liveBytes" | "peakBytes">;

const { withoutWindowMasks: _, ...WITH_WINDOW_MASKS } = FAKE_TENSORS;

/** What a row was run on. */
export const machineOf = ({ windows = false }: ReferenceRow): Machine => (windows ? WITH_WINDOW_MASKS : FAKE_TENSORS);

/** Ids of a batch. */
const idsOf = ({ micro_batch_size, sequence_length }: Scenario): number =>
  allocated(micro_batch_size * sequence_length * ELEMENT_BYTES.int64);

/** One rank of several: rows of shards end with backward, and, but for those of a pipeline, their ids are their labels, one tensor. */
const simulateRank = (row: ReferenceRow, scenario: Scenario): readonly Compared[] => {
  const isOneTensor =
    row.num_gpus !== undefined && row.pipeline_parallel === undefined && row.trl_version === undefined;
  const labels = isOneTensor ? idsOf(ENGINE.scenarioOfRank(scenario)) : 0;
  const { moments } = estimated(ENGINE.estimate(scenario, machineOf(row)));
  // Of a pipeline backward stands for the whole schedule.
  const forward = row.pipeline_parallel === undefined ? 0 : (lastOf(moments, "forward")?.peakBytes ?? 0);
  return moments
    .filter(({ id }) => id === "load" || row.expected.step.some(({ moment }) => moment === id))
    .map(({ id, liveBytes, peakBytes }) => {
      const shared = id === "load" ? 0 : labels;
      const highest = id === "backward" ? Math.max(forward, peakBytes) : peakBytes;
      return { id, liveBytes: bytes(liveBytes - shared), peakBytes: bytes(highest - shared) };
    });
};

/** Moments of rows that are part of forward: those of the models that run before the loss is made. */
const OF_FORWARD = ["kl", "policy", "reference_kl", "reference", "teacher"];

/** Completions are generated before a step: a moment outside it. */
const OUTSIDE = "generate";

/** The moments of a row as the engine names them. */
const asSimulated = ({ step: all }: ReferenceRow["expected"]): readonly ReferenceMoment[] => {
  const step = all.filter(({ moment }) => moment !== OUTSIDE);
  const before = step.filter(({ moment }) => OF_FORWARD.includes(moment)).map(({ peak_bytes }) => peak_bytes);
  return step
    .filter(({ moment }) => !OF_FORWARD.includes(moment))
    .map((each) => (each.moment === "forward" ? { ...each, peak_bytes: Math.max(...before, each.peak_bytes) } : each));
};

/** Runs a row's scenario on paper, as fake tensors do, and holds it against what PyTorch held. */
export const errorsOf = (given: ReferenceRow, scenario: Scenario): RowErrors => {
  const row = { ...given, expected: { ...given.expected, step: asSimulated(given.expected) } };
  const simulated = scenario.gpus > 1 ? simulateRank(row, scenario) : ENGINE.simulate(scenario, machineOf(row));
  const peakBytes = Math.max(...simulated.filter(({ id }) => id !== "load").map((moment) => moment.peakBytes));
  const peakError = peakBytes - row.expected.peak_bytes;
  return {
    row,
    modelType: scenario.architecture.model_type,
    peakBytes,
    peakError,
    peakErrorFraction: peakError / row.expected.peak_bytes,
    marks: markErrors(row, simulated),
    isExactThroughout: isExact(row, simulated),
  };
};
