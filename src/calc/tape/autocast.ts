import type { Element } from "#calc/base/element.ts";
import type { Casts, Tape, Tensor } from "./tape.ts";
import { drop } from "./tape.ts";
import { PARAMETER } from "./parameter.ts";
import { releaseByLayer } from "./release-by-layer.ts";
import { to } from "./ops/to.ts";

/** Lets go of the copies, each in a segment of the layer that made it; what the caller frees next belongs where the run stood. */
const releaseCasts = (tape: Tape, casts: Casts): void => {
  releaseByLayer("release")(tape, [...casts.values()], ({ cast }) => drop(cast));
};

/** `with torch.autocast(dtype=element)`: casts of trained weights are kept until it ends. */
export const withAutocast = <T>(tape: Tape, element: Element | null, body: () => T): T => {
  const outer = tape.autocast;
  const casts: Casts = new Map();
  tape.autocast = element;
  tape.casts.push(casts);
  const value = body();
  tape.casts.pop();
  tape.autocast = outer;
  releaseCasts(tape, casts);
  return value;
};

/** `with torch.autocast(enabled=False)` */
export const withoutAutocast = <T>(tape: Tape, body: () => T): T => {
  const outer = tape.autocast;
  tape.autocast = null;
  const value = body();
  tape.autocast = outer;
  return value;
};

/** Copies of parameters are scratch, whatever they are made for. */
const toAs = (tensor: Tensor, element: Element): Tensor => {
  const { tape } = tensor;
  if (tensor.storage.op !== PARAMETER) return to(tensor, element);
  const outer = tape.component;
  tape.component = "workspace";
  const cast = to(tensor, element);
  tape.component = outer;
  return cast;
};

/**
 * An argument of a matrix product as autocast hands it on. A trained fp32 LEAF is cast once in a context and the copy kept; anything else is cast
 * at every call.
 *
 * @see aten/src/ATen/autocast_mode.cpp, `cached_cast`.
 */
export const castForMatmul = (tensor: Tensor): Tensor => {
  const { tape } = tensor;
  if (tape.autocast === null || tensor.dtype !== "fp32") return tensor;
  const casts = tape.casts[tape.casts.length - 1];
  if (casts === undefined || tensor.node === null || tensor.node.leaf === null) return toAs(tensor, tape.autocast);
  const known = casts.get(tensor.storage);
  if (known !== undefined) return known.cast;
  const cast = toAs(tensor, tape.autocast);
  // The cache holds it, no name of a function does.
  cast.bindings = 1;
  casts.set(tensor.storage, { cast, segment: tape.segment });
  return cast;
};
