import { mul } from "#calc/tape/ops/binary.ts";
import { to } from "#calc/tape/ops/to.ts";
import { bind, call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { normalized } from "./gemma-norm.ts";
import type { Loaded } from "./loaded.ts";
import { tensorOf } from "./loaded.ts";

/** `Llama4TextL2Norm`: without a weight. */
export const llama4L2Norm = (x: Tensor): Tensor =>
  call("qk_norm", (input) => to(normalized(to(input, "fp32")), input.dtype), x);

/** `Llama4TextRMSNorm`: back to the input's type, then times the weight. */
export const llama4Norm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(
    name,
    (input) => mul(bind(to(normalized(to(input, "fp32")), input.dtype)), tensorOf(loaded, `${name}.weight`)),
    x,
  );
