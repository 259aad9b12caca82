import type { Tensor } from "./tape.ts";

/** What a module is called with: hidden states, and the rest. */
export type Inputs = readonly [Tensor, ...Tensor[]];

/** Queries, keys and values in [b, heads, s, width], bound by the caller. */
export type Heads = Readonly<{ query: Tensor; key: Tensor; value: Tensor }>;

/** A module's forward. */
export type ModuleCall = (...inputs: readonly [Tensor, ...Tensor[]]) => Tensor;

/**
 * What happens on one of several ranks around units of the model whose parameters are gathered together: each layer (by its number), and what stands
 * outside the layers (−1).
 */
export type RankHooks = Readonly<{
  /** Around a module's forward, by the module's path and the path of the module that calls it. */
  around?: (path: string, outer: string, forward: ModuleCall) => ModuleCall;
  /** Rows of a table by ids, where the table is divided; null where it is not. */
  lookUp?: (table: Tensor, ids: Tensor) => Tensor | null;
  /** In the flash kernel's place, where ranks share a sequence. */
  attend?: (attended: readonly [query: Tensor, key: Tensor, value: Tensor]) => Tensor;
  /** Around attention in plain order, [b, s, heads, width], where ranks share out heads. */
  exchange?: (heads: Heads, core: (inner: Heads) => Tensor) => Tensor;
  /** A parameter, or what is loaded beside parameters, has been made. */
  loaded: (tensor: Tensor) => void;
  /** Before the unit's forward: its inputs, as the unit sees them. */
  enter: (unit: number, inputs: Inputs) => Inputs;
  /** After the unit's forward, with what it returns: its first output, as those see it who come after. */
  leave: (unit: number, ...outputs: readonly [Tensor, ...Tensor[]]) => Tensor;
  /** In the backward of a reentrant checkpoint: its detached input, and that input's gradient. */
  detached?: (unit: number, input: Tensor, gradient: Tensor) => void;
  /** After the last node of backward. */
  finish: () => void;
}>;
