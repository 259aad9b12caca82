// Tensor and sequence parallelism as hooks on the tape, and the loss over divided logits.

import { withMarks } from "#calc/tape/recorder.ts";
import { consume, drop, fresh, aliasOf } from "#calc/tape/tensor.ts";
import type { Forward, ModelHooks } from "#calc/modules/forward.ts";
import { inLogits, paddedLabels } from "#calc/modules/causal-lm-loss.ts";
import type { Element } from "#calc/base/dtypes.ts";
import { to, cat, split } from "#calc/tape/ops/views.ts";
import { attach, save, startNode, record } from "#calc/tape/operation.ts";
import { bind, scoped, bindAll } from "#calc/tape/scope.ts";
import { shapeOf, lastDim, type Shape, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor, ModuleCall } from "#calc/tape/tape.ts";
import { type Architecture, wholeArchitecture } from "#calc/model/architecture.ts";
import { moduleTensors } from "#calc/parameters/parameter-tensors.ts";
import { type Families, tensorPlan } from "#calc/families/families.ts";
import type { ModelLayout, Module } from "#calc/model/layout.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { modulesOf } from "#calc/families/model-layout.ts";
import type { Division } from "#calc/model/scenario.ts";
import { type MatrixCut, tunerOf } from "#calc/modules/loaded-modules.ts";
import type { Code } from "#calc/step/strategy.ts";
import {
  gatheredColumns,
  gatheredRows,
  reduced,
  reducedInBackward,
  scatteredRows,
  splitColumns,
} from "./collectives.ts";

/** Makes fp32 tensors of the logits' size, of one number a token, and of one number. */
const makers = ({ tape, shape }: Tensor) => ({
  large: (): Tensor => fresh(tape, shape, "fp32"),
  small: (dtype: Element = "fp32"): Tensor => fresh(tape, shapeOf("b", "s"), dtype),
  number: (): Tensor => fresh(tape, shapeOf(1), "fp32"),
});

/** `_log_softmax`. Ranks reduce two numbers a token: the largest logit, and the sum of exponentials. Shifted logits and their exponentials are temporary. */
const logSoftmax = (logits: Tensor): Tensor => {
  const { large, small } = makers(logits);
  const reducedOverRanks = (own: Tensor): Tensor => {
    const all = small();
    drop(own);
    return all;
  };
  const largest = reducedOverRanks(small());
  const shifted = large();
  const exponentials = large();
  const own = small();
  drop(exponentials);
  const sum = reducedOverRanks(own);
  const logSum = small();
  const result = large();
  [shifted, largest, sum, logSum].forEach(drop);
  return result;
};

/** `_nll_loss_and_log_softmax_backward`: the gradient from two tensors of the logits' size, the probabilities and zeros with a mark at each target. */
const backward = (logits: Tensor): Tensor => {
  const { large, small } = makers(logits);
  const target = small("int64");
  const marked = large();
  const rest = [small("bool"), small("int64"), small(), small("int64"), small()];
  const probabilities = large();
  const sum = large();
  drop(probabilities);
  const gradient = large();
  [target, marked, ...rest, sum].forEach(drop);
  return gradient;
};

/**
 * `F.cross_entropy` under `loss_parallel`, of a rank's V/N columns of the fp32 logits. Ranks exchange one number a token. For each of the T × V/N logits it
 * saves a log-probability (4 B). Beside the logits as they came, forward's highest point has 12 B a logit, and backward's 16 B.
 *
 * @see torch/distributed/tensor/parallel/loss.py (PyTorch 2.13)
 */
const crossEntropy = (logits: Tensor, labels: Tensor): Tensor => {
  const { tape } = logits;
  const node = startNode("cross_entropy", [logits], () => [backward(logits)]);
  const { number } = makers(logits);
  const [result, totalWeight, made] = withMarks(tape.recorder, { op: "cross_entropy" }, () => [
    logSoftmax(logits),
    number(),
    number(),
  ]);
  const loss = attach(made, node);
  if (node !== null) for (const saved of [result, labels, totalWeight]) save(node, saved);
  [result, totalWeight].forEach(drop);
  consume(logits);
  return loss;
};

/** @see torchtitan 0.1, components/loss.py, `cross_entropy_loss`: logits in fp32; transformers 5.24, loss/loss_utils.py: labels padded by one */
const lossOfDivided = (logits: Tensor, labels: Tensor): Tensor =>
  scoped(logits.tape, () =>
    inLogits(logits, () => {
      const upcast = bind(to(logits, "fp32"));
      return crossEntropy(upcast, bind(paddedLabels(labels)));
    }),
  );

/** A forward pass whose loss takes divided logits instead of whole ones. */
const withDividedLoss = (forward: Forward): Forward => ({
  ...forward,
  loss: (options) => (options.loss.kind === "full" ? lossOfDivided : forward.loss?.(options)),
});

/**
 * How a module is divided over ranks.
 *
 * - `columns`: by its outputs, which stay divided. `gathered`: by its outputs, which are gathered.
 * - `rows`: by its inputs, which are divided already. `split`: by its inputs, which are whole and split first.
 * - `vocabulary`: by the rows of its table. `experts`: each expert by its width.
 * - `shared`: not divided, but its output goes to heads that are.
 */
export type DivisionStyle = "columns" | "gathered" | "rows" | "split" | "vocabulary" | "experts" | "shared";

const elementsOf = (module: Module): number =>
  moduleTensors(module).reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);

/** How a module is divided, from its sizes on a rank and in the whole model; null where they are equal. */
const styleOf = (part: Module, whole: Module): DivisionStyle | null => {
  if (elementsOf(part) === elementsOf(whole)) return null;
  if (part.kind === "linear" && whole.kind === "linear")
    return part.out_features === whole.out_features ? "rows" : "columns";
  if (part.kind === "embedding") return "vocabulary";
  // Whole experts, which ranks share out, are not cut.
  return part.kind === "experts" && whole.kind === "experts" && part.num_experts === whole.num_experts
    ? "experts"
    : null;
};

/** The divided modules, by name: those that the plan names, and those that are smaller on a rank than in the whole model. @internal */
export const divisionStyles = (families: Families, architecture: Architecture): ReadonlyMap<string, DivisionStyle> => {
  const [part, whole] = [architecture, wholeArchitecture(architecture)].map(families.layoutOf) as [
    ModelLayout,
    ModelLayout,
  ];
  const { gathers = [], splits = [], shares, head } = tensorPlan(families, architecture.model_type) ?? {};
  const gathered = new Set([...gathers, ...(head === "whole" ? [] : [part.head.module.name])]);
  const named = (name: string): DivisionStyle | null => {
    if (gathered.has(name)) return "gathered";
    if (splits.includes(name)) return "split";
    return name === shares ? "shared" : null;
  };
  const modulesOf = ({ embeddings, layers, head }: ModelLayout): readonly Module[] => [
    ...embeddings,
    ...layers.flatMap(({ modules }) => modules),
    head.module,
  ];
  const wholes = modulesOf(whole);
  return new Map(
    modulesOf(part).flatMap((module, index) => {
      const style = named(module.name) ?? styleOf(module, wholes[index] as Module);
      return style === null ? [] : [[module.name, style] as const];
    }),
  );
};

/** The path of the module that holds a module: `self_attn` for `self_attn.q_proj`. */
const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf(".")));

/** The last part of a path: `lora_A` of `self_attn.q_proj.lora_A`. */
const lastOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);

/** By the cut of a linear, the names of its adapter's modules that are cut in the same way, and run so. */
const tunerCuts = ({ tuners }: Code, { method }: StepOptions): Readonly<Record<MatrixCut, ReadonlySet<string>>> => {
  const divides = tunerOf(tuners, method)?.divides ?? null;
  return { columns: new Set(divides?.("columns")), rows: new Set(divides?.("rows")) };
};

/**
 * What ranks that divide matrices do around modules.
 *
 * - Cut by columns: the input is whole on every rank; in backward its gradients are all-reduced.
 * - Cut by rows: each rank's output is a part of a sum, which is all-reduced.
 * - The head's columns are all-gathered, unless the loss takes them divided.
 * - With sequence parallelism a rank has its share of the tokens between blocks: they are all-gathered before attention, MLP and head, and reduce-scattered
 *   after a matrix that is cut by rows.
 * - An embedding whose rows are divided still gets the gradient of the whole table, of which the optimizer takes the rank's rows.
 *
 * @see transformers 5.24, distributed/tensor_parallel.py; torch/distributed/tensor/parallel/style.py (PyTorch 2.13); torchtitan,
 * models/llama3/infra/parallelize.py, `apply_non_moe_tp`
 */
export const divisionHooks = (
  code: Code,
  options: StepOptions,
  division: Division,
): Pick<ModelHooks, "loaded" | "around" | "lookUp" | "forward"> => {
  const { tp_size: ranks, sequence_parallel: bySequence, loss_parallel: staysDivided = false, pp_size } = division;
  const { families } = code;
  const { architecture } = options;
  const styles = divisionStyles(families, architecture);
  const cuts = tunerCuts(code, options);
  const isTuners = (path: string): boolean => cuts.columns.has(lastOf(path)) || cuts.rows.has(lastOf(path));
  const blocks = new Set([...styles].flatMap(([path, style]) => (style === "columns" ? [parentOf(path)] : [])));
  const whole = families.layoutOf(wholeArchitecture(architecture));
  const { module: head, tied } = whole.head;
  const widths = new Map(
    [...modulesOf(whole).map(({ module }) => module), head].flatMap((module) =>
      module.kind === "linear" ? [[module.name, module.out_features] as const] : [],
    ),
  );
  const vocabulary = wholeArchitecture(architecture).vocab_size;
  const adapted = new Set<string>();
  const tables = new Set<Tensor>();

  const summed = (x: Tensor): Tensor => (bySequence ? scatteredRows(x, ranks) : reduced(x));
  const taken = (x: Tensor): Tensor => (bySequence ? x : bind(reducedInBackward(x)));
  const all = (x: Tensor): Tensor => (bySequence ? bind(gatheredRows(x)) : bind(reducedInBackward(x)));

  /**
   * `embedding_dense_backward` is not divided: its result is a whole table, which is kept as the gradient of the rank's rows. Where the head is tied, its
   * gradient of the rank's rows came before. To add to it, the rank's rows are copied out of the table: table and copy are there until the sum is made.
   */
  const lookUp = (table: Tensor, ids: Tensor): Tensor => {
    const { shape, dtype, tape } = table;
    const [rows = 1, width = 1] = shape.dims;
    // No stage of a pipeline has both embedding and head.
    const gradient = shapeOf(vocabulary + (tied && pp_size === 1 ? Number(rows) : 0), width);
    return summed(
      record({
        name: "embedding",
        inputs: [table, ids],
        shape: shapeOf(...ids.shape.dims, width),
        dtype,
        saves: [ids],
        backward: () => [aliasOf(fresh(tape, gradient, dtype), shape)],
      }),
    );
  };
  /** Around a linear, or around a module of its adapter that is cut in the same way. */
  const aroundLinear = (path: string, forward: ModuleCall): ModuleCall => {
    const isAdapters = isTuners(path);
    const style = styles.get(isAdapters ? parentOf(path) : path);
    const isCut = (cut: MatrixCut): boolean => style === cut && (!isAdapters || cuts[cut].has(lastOf(path)));
    if (isCut("columns")) return (x, ...rest) => forward(taken(x), ...rest);
    return isCut("rows") ? (...inputs) => summed(forward(...inputs)) : forward;
  };
  const aroundExperts =
    (forward: ModuleCall): ModuleCall =>
    (x, indices, weights) =>
      summed(forward(taken(x), indices as Tensor, bind(reducedInBackward(weights as Tensor))));
  const aroundGathered =
    (forward: ModuleCall, path: string): ModuleCall =>
    (x) => {
      const columns = forward(all(x));
      return staysDivided && path === head.name ? columns : gatheredColumns(columns, widths.get(path) ?? 0);
    };
  const aroundSplit =
    (forward: ModuleCall): ModuleCall =>
    (x) =>
      reduced(forward(bind(splitColumns(x, Math.ceil(Number(lastDim(x.shape)) / ranks)))));
  /** `MlaKvAProjParallel`: all heads share the rotary part of the keys, so its gradients are all-reduced. */
  const aroundShared =
    (forward: ModuleCall): ModuleCall =>
    (x) => {
      const output = forward(x);
      const { kv_lora_rank = 0, qk_rope_head_dim = 0 } = architecture;
      const [first, last] = [kv_lora_rank, qk_rope_head_dim].map((width) => withLast(output.shape, width));
      const [pass, rotary] = bindAll(split(output, [first, last] as Shape[])) as readonly [Tensor, Tensor];
      return cat(pass, bind(reducedInBackward(rotary)), output.shape);
    };
  const AROUND: Partial<Record<DivisionStyle, (forward: ModuleCall, path: string) => ModuleCall>> = {
    gathered: aroundGathered,
    split: aroundSplit,
    shared: aroundShared,
    experts: aroundExperts,
  };

  const around = (path: string, outer: string, forward: ModuleCall): ModuleCall => {
    const style = styles.get(path);
    const special = style && AROUND[style];
    // PEFT's module wraps a linear that has adapters, and both are called by the linear's path (`outer` tells them apart). Where the output is gathered or the
    // input is split, that happens around PEFT's module; elsewhere around the linear inside it and around its adapters.
    if (adapted.has(path) && (outer === path) === (style === "gathered" || style === "split")) return forward;
    if (special !== undefined) return special(forward, path);
    if (bySequence && blocks.has(path)) return (x, ...rest) => forward(bind(gatheredRows(x)), ...rest);
    return aroundLinear(path, forward);
  };
  return {
    loaded: (tensor) => {
      const { module } = tensor.storage;
      if (isTuners(module)) adapted.add(parentOf(module));
      const [table] = module.split(".weight");
      if (table !== undefined && styles.get(table) === "vocabulary") tables.add(tensor);
    },
    around,
    lookUp: (table, ids) => (tables.has(table) ? lookUp(table, ids) : null),
    ...(staysDivided && { forward: withDividedLoss }),
  };
};
