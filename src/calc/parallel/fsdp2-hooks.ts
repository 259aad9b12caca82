import { BUFFER } from "#calc/step/load.ts";
import type { Component } from "#calc/tape/component.ts";
import { ELEMENT_BYTES, type Element } from "#calc/tape/element.ts";
import { allocate, beginSegment, release, resize, type Storage } from "#calc/tape/ledger.ts";
import type { RankHooks } from "#calc/tape/rank-hooks.ts";
import { recordView } from "#calc/tape/record.ts";
import { bind } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/shape.ts";
import { to } from "#calc/tape/ops/to.ts";
import type { Backward, Leaf, Tape } from "#calc/tape/tape.ts";
import { BLOCK_BYTES } from "#calc/allocation.ts";
import type { RankOptions } from "./rank-options.ts";

/** A parameter that is gathered: its whole storage, elements of one rank's shard (padded), and the leaf where its whole gradient arrives. */
type Gathered = Readonly<{ storage: Storage; shard: number; leaf: Leaf | null }>;

/** Parameters that are gathered together. */
type Unit = {
  readonly parameters: Gathered[];
  isWhole: boolean;
  isReduced: boolean;
  /** Gathered, not yet copied out to the parameters. */
  pending: Storage | null;
  gradient: Storage | null;
};

const elements = ({ shape }: Storage): number => shape.factor;
const rows = ({ shape: { dims } }: Storage): number => Number(dims[0] ?? 1);

export const fsdp2Hooks = (tape: Tape, { ranks, reshardsAfterForward, reduce, stored }: RankOptions): RankHooks => {
  const { ledger } = tape;
  const units = new Map<number, Unit>();
  const isWide = new Set<Storage>();
  let isFull = true;
  /** The last unit's gathered parameters, held until the next are copied out. */
  let held: Storage | null = null;
  /** The last unit's gradients on their way. */
  let reducing: Storage | null = null;

  const make = (op: string, component: Component, count: number, dtype: Element): Storage =>
    allocate(ledger, { shape: shapeOf(count), dtype, component, op, module: "" });
  const sum = (parameters: readonly Gathered[], of: (each: Gathered) => number): number =>
    parameters.reduce((total, each) => total + of(each), 0);
  const bytesOf = ({ storage, shard }: Gathered): number => shard * ELEMENT_BYTES[storage.dtype];
  const isCast = ({ storage }: Gathered): boolean =>
    storage.dtype === "bf16" && stored[storage.component === "adapters" ? "adapters" : "weights"] === "fp32";

  const freeHeld = (): void => {
    if (held !== null) release(ledger, held);
    held = null;
  };
  const freeReducing = (): void => {
    if (reducing !== null) release(ledger, reducing);
    reducing = null;
  };
  const unshard = (unit: Unit): void => {
    if (unit.isWhole || unit.pending !== null) return;
    const { parameters } = unit;
    const cast = sum(parameters.filter((each) => isWide.has(each.storage)), ({ shard }) => shard);
    const input = cast === 0 ? null : make("cast shards", "workspace", cast, "bf16");
    unit.pending = make("all-gather", "workspace", (ranks * sum(parameters, bytesOf)) / 2, "bf16");
    if (input !== null) release(ledger, input);
  };
  const wait = (unit: Unit, isForward: boolean): void => {
    const { pending } = unit;
    if (pending === null) return;
    for (const { storage } of unit.parameters) resize(ledger, storage, 1);
    if (isForward) freeHeld();
    unit.isWhole = true;
    unit.pending = null;
    if (isForward) held = pending;
    else release(ledger, pending);
  };
  const reshard = (unit: Unit): void => {
    if (!unit.isWhole) return;
    for (const { storage } of unit.parameters) resize(ledger, storage, -1);
    unit.isWhole = false;
  };
  const unitOf = (index: number): Unit => {
    const known = units.get(index);
    if (known !== undefined) return known;
    const unit: Unit = { parameters: [], isWhole: false, isReduced: false, pending: null, gradient: null };
    units.set(index, unit);
    return unit;
  };
  const before = (index: number): (() => void) => () => {
    const unit = unitOf(index);
    unshard(unit);
    wait(unit, false);
    const next = index === -1 ? units.size - 2 : index - 1;
    if (next >= 0) unshard(unitOf(next));
  };
  const reduceUnit = (unit: Unit): void => {
    unit.isReduced = true;
    const arrived = unit.parameters.filter(({ leaf }) => leaf?.gradient !== null && leaf !== null);
    reshard(unit);
    freeReducing();
    if (arrived.length === 0) return;
    const shard = sum(arrived, (each) => each.shard);
    reducing = make("reduce-scatter", "workspace", ranks * shard, reduce);
    const gradients = arrived.flatMap(({ leaf }) => (leaf?.gradient == null ? [] : [leaf.gradient]));
    for (const { leaf } of arrived) if (leaf !== null) leaf.gradient = null;
    // A name of the function's loop holds the last one until it returns.
    const last = gradients.pop();
    for (const gradient of gradients) release(ledger, gradient);
    const kept = isFull ? stored.weights : stored.adapters;
    let output = make("reduce-scatter output", "gradients", shard, reduce);
    if (kept !== reduce) {
      const cast = make("to", "gradients", shard, kept);
      release(ledger, output);
      output = cast;
    }
    if (last !== undefined) release(ledger, last);
    if (unit.gradient === null) unit.gradient = output;
    else release(ledger, output);
  };

  return {
    loaded: (tensor) => {
      const { storage } = tensor;
      const { component, module } = storage;
      if ((component !== "weights" && component !== "adapters") || module === BUFFER || module.endsWith("absmax")) return;
      const shard = Math.ceil(rows(storage) / ranks) * (elements(storage) / rows(storage));
      resize(ledger, storage, -1);
      storage.blocks = Math.ceil((ranks * shard * ELEMENT_BYTES[storage.dtype]) / BLOCK_BYTES);
      const each = { storage, shard, leaf: tensor.node?.leaf ?? null };
      if (isCast(each)) isWide.add(storage);
      if (component === "adapters") isFull = false;
      storage.component = "workspace";
      unitOf(ledger.segments.at(-1)?.layer ?? -1).parameters.push(each);
    },
    enter: (index, inputs) => {
      const cast = inputs.map((input) => (input.dtype === "fp32" ? bind(to(input, "bf16")) : input));
      if (tape.rerun !== null) return cast;
      const unit = unitOf(index);
      unit.isReduced = false;
      unshard(unit);
      wait(unit, true);
      const [hidden_states, ...rest] = cast;
      if (hidden_states === undefined || hidden_states.node === null) return cast;
      const { shape, permuted } = hidden_states;
      const backward: Backward = (gradients) => {
        reduceUnit(unit);
        return gradients;
      };
      return [bind(recordView(hidden_states, { name: "post-backward", shape, permuted, backward })), ...rest];
    },
    leave: (index, output) => {
      if (tape.rerun !== null) return;
      if (reshardsAfterForward) reshard(unitOf(index));
      if (index === -1) freeHeld();
      if (output.node !== null) output.node.before = before(index);
    },
    finish: () => {
      if (tape.segment !== -1) {
        tape.segment = -1;
        beginSegment(ledger, { phase: tape.phase, microStep: tape.microStep, layer: -1 });
      }
      for (const index of [-1, ...[...units.keys()].filter((each) => each >= 0)]) {
        const unit = unitOf(index);
        if (!unit.isReduced) reduceUnit(unit);
      }
      freeReducing();
    },
  };
};
