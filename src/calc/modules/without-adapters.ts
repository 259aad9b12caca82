import type { Model } from "./forward.ts";
import type { Loaded, LoadedLinear } from "./loaded.ts";

const bare = (linear: LoadedLinear): LoadedLinear => ({ ...linear, adapter: null });

/**
 * The same model with its adapters disabled and without checkpoints, as TRL runs it for a reference: frozen modules alone.
 *
 * @see trl 1.16, trainer/utils.py, `use_adapter`; models/utils.py, `disable_gradient_checkpointing`
 */
export const withoutAdapters = (model: Model): Model => {
  const options = { ...model.options, gradient_checkpointing: false };
  const without = (loaded: Loaded): Loaded => ({
    ...loaded,
    options,
    linears: new Map([...loaded.linears].map(([name, linear]) => [name, bare(linear)])),
    parameterAdapters: new Map(),
  });
  return {
    ...model,
    options,
    embeddings: without(model.embeddings),
    layers: model.layers.map(without),
    final: without(model.final),
    head: bare(model.head),
  };
};
