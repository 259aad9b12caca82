import type { Inputs } from "#calc/tape/tape.ts";
import { to } from "#calc/tape/ops/to.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

const cast = (input: Tensor): Tensor => (input.dtype === "fp32" ? bind(to(input, "bf16")) : input);

/** Casts a module's fp32 inputs to 16 bits, as mixed precision does. @see torch/distributed/fsdp/_fully_shard/_fsdp_state.py, `_cast_forward_inputs` */
export const castInputs = ([first, ...rest]: Inputs): Inputs => [cast(first), ...rest.map(cast)];
