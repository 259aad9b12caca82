import { layerNorm as nativeLayerNorm } from "#calc/tape/ops/layer-norm.ts";
import { to } from "#calc/tape/ops/to.ts";
import { call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Loaded } from "./loaded.ts";
import { tensorOf } from "./loaded.ts";

/** `nn.LayerNorm`, with or without a bias. */
export const layerNorm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(
    name,
    (input) => nativeLayerNorm(input, [tensorOf(loaded, `${name}.weight`), loaded.tensors.get(`${name}.bias`) ?? null]),
    x,
  );

/** `OlmoLayerNorm`: without parameters, in fp32. */
export const bareLayerNorm = (_loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(name, (input) => to(nativeLayerNorm(to(input, "fp32"), [null, null]), input.dtype), x);
