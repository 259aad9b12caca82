// All tensors alive at a point of a step: the tape's, weights, optimizer states and workspaces.

import type { AliveTensors, TimelinePoint } from "#calc/model/timeline.ts";
import { type Formula, type Amount, product, counted, NOTHING } from "#calc/base/formula.ts";
import { type PlannedTensor, type TrainedTensor, trainedTensors } from "#calc/parameters/parameter-tensors.ts";
import { bytesPerParameter, DTYPE_BYTES, formatName } from "#calc/base/dtypes.ts";
import { optimizerStates, optimizerOf, type Optimizers } from "#calc/optimizers/optimizer.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { elementwiseBytes } from "#calc/parameters/counts.ts";
import { baseWeightBytes } from "#calc/parameters/weight-bytes.ts";
import { type PaperRun, type ExplainedStep, runOnPaper } from "./explained-step.ts";
import { aliveOnTape } from "./alive-on-tape.ts";
import { ALLOCATED_TERM_IDS } from "#calc/model/terms.ts";
import type { Workings } from "./workings.ts";

/**
 * Scales rows so that their bytes sum to `total`, in whole bytes. Rows that already do stay as they are.
 */
const summingTo = (rows: readonly AliveTensors[], total: number): readonly AliveTensors[] => {
  const whole = rows.reduce((sum, { bytes }) => sum + bytes, 0);
  if (whole === total) return rows;
  let before = 0;
  let given = 0;
  return rows.map((row, index) => {
    before += row.bytes;
    const upTo = index === rows.length - 1 ? total : Math.round((before / whole) * total);
    const bytes = upTo - given;
    given = upTo;
    return { ...row, bytes };
  });
};

const sizeName = (bytes: number): string => {
  if (bytes === DTYPE_BYTES.bf16) return "bf16";
  return bytes === DTYPE_BYTES.fp32 ? "fp32" : formatName(bytes);
};

const weightFormat = ({ quantization, format }: PlannedTensor): string => {
  if (quantization === null) return formatName(format);
  switch (quantization.kind) {
    case "bnb-4bit":
      return quantization.bnb_4bit_quant_type;
    case "bnb-8bit":
      return "int8";
    case "gptq":
      return "int4";
    case "mxfp4":
      return "mxfp4";
    case "flat":
      return formatName(quantization.bytesPerParameter);
    default:
      return quantization satisfies never;
  }
};

const stateFormat = ({ optim, optimizerStates: stated }: Scenario, { stateBytes }: TrainedTensor): string => {
  if (stated !== null) return formatName(stated);
  if (optim.includes("8bit")) return "int8";
  if (optim === "adamw_torch_4bit") return "int4";
  return /32bit|apex|adalomo/.test(optim) ? "fp32" : sizeName(Math.max(stateBytes, bytesPerParameter("bf16")));
};

/** The layers that have a tensor of this group. */
type LayersOf = (group: Pick<PlannedTensor, "layerKind" | "name">) => readonly number[];

/** Tensors of a kind of layer are in all layers of that kind; others are before the layers (−1) if they are the embeddings', else after them. */
const layersIn = ({ chain, layout }: PaperRun): LayersOf => {
  const ofKind = new Map(
    layout.layers.map(({ kind, modules }) => [
      kind,
      chain.flatMap((layer, index) => (layer.modules === modules ? [index] : [])),
    ]),
  );
  return ({ layerKind, name }) => {
    if (layerKind !== null) return ofKind.get(layerKind) ?? [];
    return layout.embeddings.some((module) => name.startsWith(`${module.name}.`)) ? [-1] : [chain.length];
  };
};

/** A formula in which the number of a group's elements is written out: tensors × dimensions. */
const takenApart = (formula: Formula, { elements, count, shape }: PlannedTensor | TrainedTensor): Formula => {
  const factors = [...(count === 1 ? [] : [counted("tensors", count)]), ...shape.map((size) => counted("size", size))];
  const isAll = (token: Formula[number]): boolean => typeof token !== "string" && token.value === elements * count;
  return formula.flatMap((token) => (isAll(token) ? product(...factors) : [token]));
};

/** What rows of memory beside the tape have in common. */
const BESIDE_THE_TAPE = {
  unit: "",
  each: 0,
  made: "load",
  newest: false,
} as const satisfies Partial<AliveTensors>;

/** The fields of a row that its kind of tensor decides. */
type Kept = Readonly<{ term: AliveTensors["term"]; op: string; dtype: string; amount: Amount }>;

const rowsOf = <Group extends PlannedTensor | TrainedTensor>(
  run: PaperRun,
  { groups, total }: Readonly<{ groups: readonly Group[]; total: number }>,
  kept: (group: Group) => Kept,
): readonly AliveTensors[] => {
  if (total === 0) return [];
  const layersOf = layersIn(run);
  const rows = groups.map((group) => {
    const { amount, ...rest } = kept(group);
    const { name: module, shape, count } = group;
    return {
      ...rest,
      ...BESIDE_THE_TAPE,
      module,
      shape,
      count,
      layers: layersOf(group),
      bytes: amount.bytes,
      formula: takenApart(amount.formula, group),
    };
  });
  return rows.filter(({ bytes }) => bytes > 0);
};

const weightRows = (run: PaperRun, groups: readonly PlannedTensor[], total: number): readonly AliveTensors[] =>
  rowsOf(run, { groups, total }, (group) => ({
    term: "weights",
    op: "parameter",
    dtype: weightFormat(group),
    amount: baseWeightBytes([group]),
  }));

const scalesRow = ({ bytes, formula }: Amount): AliveTensors => ({
  module: "quantisation",
  op: "scales of other ranks' shards",
  shape: [],
  dtype: "",
  term: "weights",
  ...BESIDE_THE_TAPE,
  layers: [],
  count: 1,
  bytes,
  formula,
});

/** TRL's names of the models beside the trained one. */
const MODEL_NAMES = { copy: "ref_model", teacher: "teacher_model" } as const;

/** The weights of models beside the trained one, whose layers are not that one's. */
const besideRows = (run: PaperRun): readonly AliveTensors[] => {
  const { beside } = run.holdings.kept;
  return (["copy", "teacher"] as const).flatMap((which) =>
    weightRows(run, beside[which], run.holdings.weights.bytes).map((row) => ({
      ...row,
      module: `${MODEL_NAMES[which]}.${row.module}`,
      layers: [],
    })),
  );
};

/** The tensors that are alive all through the step, in the formats that they are stored in: base weights, adapters, optimizer states. @internal */
export const standingTensors = (optimizers: Optimizers, run: PaperRun): readonly AliveTensors[] => {
  const { holdings, machine } = run;
  const { scenario, base, adapters, states } = holdings.kept;
  const { weights, scales } = holdings;
  const optimizer = optimizerOf(optimizers, scenario.optim);
  return [
    ...weightRows(run, base, weights.bytes - scales.bytes),
    ...besideRows(run),
    scalesRow(scales),
    ...rowsOf(
      run,
      { groups: adapters.length === 0 ? [] : trainedTensors(scenario, adapters), total: holdings.adapters.bytes },
      (tensor) => ({
        term: "adapters",
        op: "parameter",
        dtype: sizeName(tensor.parameterBytes),
        amount: elementwiseBytes([tensor], 1, ({ parameterBytes }) => parameterBytes),
      }),
    ),
    ...rowsOf(run, { groups: trainedTensors(scenario, states), total: holdings.optimizer.bytes }, (tensor) => ({
      term: "optimizer",
      op: scenario.optim,
      dtype: stateFormat(scenario, tensor),
      amount: optimizerStates(optimizer, { scenario, machine }, [tensor]),
    })),
  ];
};

const workspace = (module: string, op: string, { bytes, formula }: Amount): AliveTensors => ({
  module,
  op,
  shape: [],
  dtype: "",
  term: "workspace",
  ...BESIDE_THE_TAPE,
  layers: [],
  count: 1,
  bytes,
  formula,
});

/** Memory that no tensor of the tape takes: scratch memory of cuBLAS, of communication and of the optimizer's step; gradients that are kept beside the tape. */
const workspaces = ({ holdings }: PaperRun, { phase }: TimelinePoint): readonly AliveTensors[] => [
  workspace("cuBLAS", "workspace", holdings.cublas),
  workspace("communication", "buffers", holdings.buffers),
  workspace("optimizer", "temporaries of the step", phase === "step" ? holdings.optimizerTemporaries : NOTHING),
  { ...workspace("communication", "reduced gradients", holdings.gradients), term: "gradients" },
];

/**
 * Every tensor that is alive at a point of the step, equal ones of several layers in one row, the largest first. What is not on the tape (weights in their
 * own formats, optimizer states, workspaces) has rows of its own. The rows of each term sum to its bytes at the point.
 */
export const explainPeak = (workings: Workings, step: ExplainedStep, point: TimelinePoint): readonly AliveTensors[] => {
  const run = runOnPaper(workings, step);
  const rows = [...standingTensors(workings.optimizers, run), ...aliveOnTape(run, point), ...workspaces(run, point)];
  return ALLOCATED_TERM_IDS.flatMap((id) => {
    const ofTerm = rows.filter(({ term }) => term === id);
    return summingTo(ofTerm, point.terms[id]).filter(({ bytes }) => bytes > 0);
  }).toSorted((one, other) => other.bytes - one.bytes);
};
