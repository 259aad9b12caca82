import type { TensorRole } from "./tensor-group.ts";

/** Trained tensors of one shape, `count` of them, with the bytes of one element in each of their roles. */
export type TrainedTensor = Readonly<{
  name: string;
  shape: readonly number[];
  elements: number;
  count: number;
  role: TensorRole;
  /** The kind of layer it stands in; null outside the layers. */
  layerKind: string | null;
  parameterBytes: number;
  gradientBytes: number;
  /** Bytes of one element of an optimizer state that has the parameter's shape. */
  stateBytes: number;
  /** True when the scenario, not the optimizer, says how states are kept. */
  isStateOverridden: boolean;
  /** Set where no gradient comes to it: PyTorch's optimizers pass it by. */
  withoutGradient?: true;
}>;
