import type { Element } from "./element.ts";
import type { Tape, Tensor } from "./tape.ts";
import { drop } from "./tape.ts";
import { to } from "./ops/to.ts";

/** `with torch.autocast(dtype=element)`: casts of trained weights are kept until it ends. */
export const withAutocast = <T>(tape: Tape, element: Element | null, body: () => T): T => {
  const outer = tape.autocast;
  const casts = new Map();
  tape.autocast = element;
  tape.casts.push(casts);
  const value = body();
  tape.casts.pop();
  tape.autocast = outer;
  for (const cast of casts.values()) drop(cast);
  return value;
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
  if (casts === undefined || tensor.node === null || tensor.node.leaf === null) return to(tensor, tape.autocast);
  let cast = casts.get(tensor.storage);
  if (cast === undefined) {
    cast = to(tensor, tape.autocast);
    // The cache holds it, no name of a function does.
    cast.bindings = 1;
    casts.set(tensor.storage, cast);
  }
  return cast;
};
