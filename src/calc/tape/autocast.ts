// Autocast on the tape: 16-bit copies of weights, cached until the context ends.

import type { Element } from "#calc/base/dtypes.ts";
import { withMarks } from "./recorder.ts";
import type { Autocast, Cast, Casts, Tape, Tensor } from "./tape.ts";
import { aliasOf, drop } from "./tensor.ts";
import { type Writable, withField } from "./run-state.ts";
import { PARAMETER } from "./parameter.ts";
import { releaseByLayer } from "./segments.ts";
import { to } from "./ops/views.ts";

export const createAutocast = (): Autocast => ({ element: null, casts: [] });

/**
 * Runs `body` in an autocast context of its own: its 16-bit copies of weights are collected in `casts`, which the caller drops.
 * The outer context is restored, even if `body` throws.
 */
export const inContext = <T>(
  { autocast }: Tape,
  { element, casts }: Readonly<{ element: Element | null; casts: Casts }>,
  body: () => T,
): T => {
  const writable: Writable<Autocast> = autocast;
  const outer = autocast.element;
  writable.element = element;
  autocast.casts.push(casts);
  try {
    return body();
  } finally {
    autocast.casts.pop();
    writable.element = outer;
  }
};

/** Drops a copy, and its original with it: the cache has a weak reference, which keeps a tensor's memory as a strong one does. */
export const dropCast = ({ cast, original }: Cast): void => {
  drop(cast);
  if (original !== null) drop(original);
};

/** Drops the copies, each in a ledger segment of the layer that made it. Then the run is back in the layer where it stood. */
const releaseCasts = (tape: Tape, casts: Casts): void => {
  releaseByLayer("release")(tape, [...casts.values()], dropCast);
};

/** `with torch.autocast(dtype=element)`: it keeps its casts of trained weights until it ends. */
export const withAutocast = <T>(tape: Tape, element: Element | null, body: () => T): T => {
  const casts: Casts = new Map();
  const value = inContext(tape, { element, casts }, body);
  releaseCasts(tape, casts);
  return value;
};

/** `with torch.autocast(enabled=False)` */
export const withoutAutocast = <T>({ autocast }: Tape, body: () => T): T =>
  withField(autocast, ["element", null], body);

/** Casts a tensor. The cast of a parameter counts as workspace, whatever term the code around it counts in. */
const toAs = (tensor: Tensor, element: Element): Tensor => {
  const { tape } = tensor;
  if (tensor.storage.op !== PARAMETER) return to(tensor, element);
  return withMarks(tape.recorder, { term: "workspace" }, () => to(tensor, element));
};

/**
 * A matrix product's argument as autocast passes it on. A trained fp32 leaf is cast once in a context, which keeps the copy; every other
 * fp32 tensor is cast at every call.
 *
 * @see aten/src/ATen/autocast_mode.cpp, `cached_cast`.
 */
export const castForMatmul = (tensor: Tensor): Tensor => {
  const { autocast, position } = tensor.tape;
  if (autocast.element === null || tensor.dtype !== "fp32") return tensor;
  const casts = autocast.casts[autocast.casts.length - 1];
  if (casts === undefined || tensor.node === null || tensor.node.leaf === null) return toAs(tensor, autocast.element);
  const known = casts.get(tensor.storage);
  if (known !== undefined) return known.cast;
  const cast = toAs(tensor, autocast.element);
  // The cache holds the copy as a name would: no operation drops it after use.
  cast.bindings = 1;
  const original = tensor.storage.op === PARAMETER ? null : aliasOf(tensor, tensor.shape);
  if (original !== null) original.bindings = 1;
  casts.set(tensor.storage, { cast, original, layer: position.layer });
  return cast;
};
