import { ELEMENT_BYTES } from "#calc/tape/element.ts";
import type { TrainedTensor } from "#calc/trained/trained-tensor.ts";
import type { CompiledStep } from "./compile-step.ts";

/** The parameters that a compiled step trains, as optimizers take them; gradients and states in the parameter's own type. */
export const trainedBy = ({ trained }: CompiledStep): readonly TrainedTensor[] =>
  trained().map(({ storage, times }) => {
    const bytes = ELEMENT_BYTES[storage.dtype];
    return {
      name: storage.module,
      shape: storage.shape.dims.map(Number),
      elements: storage.shape.factor,
      count: times,
      role: storage.component === "adapters" ? "adapter" : "other",
      layerKind: "",
      parameterBytes: bytes,
      gradientBytes: bytes,
      stateBytes: bytes,
      isStateOverridden: false,
    };
  });
