import type { Formula, FormulaInput } from "#calc/base/formula/formula.ts";
import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { product } from "#calc/base/formula/amount.ts";
import { constant, counted } from "#calc/base/formula/inputs.ts";
import { ELEMENT_BYTES } from "#calc/base/element.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { type Dim, inputOf } from "#calc/tape/ledger/dimension.ts";
import { extentOf } from "#calc/tape/ledger/extent.ts";
import { CONSTANT } from "#calc/tape/ledger/growth.ts";
import { GRADIENT_SIZE } from "#calc/tape/ledger/size-table.ts";
import { bytesPerElement, FIXED, unitOf } from "#calc/tape/ledger/unit.ts";
import { aliveGroups } from "./alive-groups.ts";
import type { AliveTensors } from "#calc/model/alive-tensors.ts";
import { BUFFER } from "./load.ts";
import type { PaperRun } from "./paper-run.ts";
import { askedAt } from "./sizes-at.ts";
import type { AllocatedTermId } from "#calc/model/term.ts";
import type { TimelinePoint } from "#calc/model/timeline-point.ts";

/** A dimension as a named number. */
const dimInput = ({ scenario, ledger, chunk }: PaperRun, dim: Dim): FormulaInput =>
  typeof dim === "number" ? counted("size", dim) : inputOf(dim, extentOf(askedAt(ledger, scenario, chunk)));

/** Count × dimensions × bytes of an element; a tensor smaller than a block takes a whole block. */
const formulaOf = (
  run: PaperRun,
  { dtype, shape }: Storage,
  { size, count }: Readonly<{ size: number; count: number }>,
): Formula => {
  const dims = shape.dims.map((dim) => dimInput(run, dim));
  const tensors = counted("tensors", count);
  const elements = dims.reduce((total, { value }) => total * value, 1);
  if (elements * ELEMENT_BYTES[dtype] <= BLOCK_BYTES && size !== GRADIENT_SIZE && shape.growth === CONSTANT)
    return product(tensors, constant("bytes of a block", BLOCK_BYTES));
  const share =
    size === GRADIENT_SIZE && run.options.gradientShare !== 1
      ? [constant("share kept", run.options.gradientShare)]
      : [];
  return product(
    ...(count === 1 ? [] : [tensors]),
    ...dims,
    constant(`bytes of ${dtype}`, ELEMENT_BYTES[dtype]),
    ...share,
  );
};

/** The term that counts a storage; null for weights and adapters, which are counted exactly, in their own formats, without the tape. */
const termOf = ({ module, term }: Storage): AllocatedTermId | null => {
  if (module === BUFFER) return "workspace";
  return term === "weights" || term === "adapters" ? null : term;
};

/**
 * Every tensor of the tape that is alive at a point of the step, equal ones of several layers in one row. Without base weights and adapters:
 * `standingTensors` has those, in their own formats.
 */
export const aliveOnTape = (run: PaperRun, point: TimelinePoint): readonly AliveTensors[] =>
  aliveGroups(run, point).flatMap(({ storage, size, module, made, newest, byLayer }) => {
    const term = termOf(storage);
    const count = [...byLayer.values()].reduce((total, each) => total + each, 0);
    if (term === null || count === 0) return [];
    const bytes = count * (run.sizes[size] ?? 0) * storage.blocks;
    const unit = module === BUFFER ? "" : unitOf(run.ledger, size);
    const layers = [...byLayer].flatMap(([layer, each]) => (layer !== null && each > 0 ? [layer] : []));
    return [
      {
        module,
        op: storage.op,
        shape: storage.shape.dims.map((dim) => dimInput(run, dim).value),
        dtype: storage.dtype,
        term,
        unit,
        each: unit === "" || unit === FIXED ? 0 : count * bytesPerElement(run.ledger, size),
        made,
        newest,
        layers: layers.toSorted((one, other) => one - other),
        count,
        bytes,
        formula: formulaOf(run, storage, { size, count }),
      },
    ];
  });
