import { aliasOf, fresh } from "#calc/tape/tensor.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import { modulesOf } from "#calc/families/modules-of.ts";
import type { Division } from "#calc/model/scenario.ts";
import { record } from "#calc/tape/record.ts";
import type { MatrixCut } from "#calc/modules/loaded.ts";
import type { ModelHooks } from "#calc/modules/model-hooks.ts";
import { tunerOf } from "#calc/modules/tuners/tuner-of.ts";
import type { Code } from "#calc/step/code.ts";
import type { ModuleCall, Tensor } from "#calc/tape/tape.ts";
import { cat } from "#calc/tape/ops/cat.ts";
import { split } from "#calc/tape/ops/view.ts";
import { bind, bindAll } from "#calc/tape/scope.ts";
import { lastDim, type Shape, shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import {
  gatheredColumns,
  gatheredRows,
  reduced,
  reducedInBackward,
  scatteredRows,
  splitColumns,
} from "./collectives.ts";
import { wholeArchitecture } from "#calc/model/part-of-model.ts";
import { withDividedLoss } from "./divided-loss.ts";
import { type DivisionStyle, divisionStyles } from "./division-styles.ts";

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
