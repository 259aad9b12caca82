import type { Element } from "#calc/base/element.ts";
import { within } from "./recorder.ts";
import type { Autocast, Casts, Tape, Tensor } from "./tape.ts";
import { drop } from "./tensor.ts";
import type { Writable } from "./writable.ts";
import { PARAMETER } from "./parameter.ts";
import { releaseByLayer } from "./release-by-layer.ts";
import { to } from "./ops/to.ts";

export const createAutocast = (): Autocast => ({ element: null, casts: [] });

/**
 * Runs something in a context of its own: copies of weights go to `casts`, and are the caller's to let go of.
 * Afterwards, whatever happens, it is as it was.
 */
export const inContext = <T>(
  { autocast }: Tape,
  { element, casts }: Readonly<{ element: Element | null; casts: Casts }>,
  body: () => T,
): T => {
  const told: Writable<Autocast> = autocast;
  const outer = autocast.element;
  told.element = element;
  autocast.casts.push(casts);
  try {
    return body();
  } finally {
    autocast.casts.pop();
    told.element = outer;
  }
};

/** Lets go of the copies, each in a segment of the layer that made it; what the caller frees next belongs where the run stood. */
const releaseCasts = (tape: Tape, casts: Casts): void => {
  releaseByLayer("release")(tape, [...casts.values()], ({ cast }) => drop(cast));
};

/** `with torch.autocast(dtype=element)`: casts of trained weights are kept until it ends. */
export const withAutocast = <T>(tape: Tape, element: Element | null, body: () => T): T => {
  const casts: Casts = new Map();
  const value = inContext(tape, { element, casts }, body);
  releaseCasts(tape, casts);
  return value;
};

/** `with torch.autocast(enabled=False)` */
export const withoutAutocast = <T>({ autocast }: Tape, body: () => T): T => {
  const told: Writable<Autocast> = autocast;
  const outer = autocast.element;
  told.element = null;
  try {
    return body();
  } finally {
    told.element = outer;
  }
};

/** Copies of parameters are scratch, whatever they are made for. */
const toAs = (tensor: Tensor, element: Element): Tensor => {
  const { tape } = tensor;
  if (tensor.storage.op !== PARAMETER) return to(tensor, element);
  return within(tape.recorder, { term: "workspace" }, () => to(tensor, element));
};

/**
 * An argument of a matrix product as autocast hands it on. A trained fp32 LEAF is cast once in a context and the copy kept; anything else is cast
 * at every call.
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
  // The cache holds it, no name of a function does.
  cast.bindings = 1;
  casts.set(tensor.storage, { cast, layer: position.layer });
  return cast;
};
