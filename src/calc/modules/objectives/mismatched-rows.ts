import type { Model } from "#calc/modules/forward.ts";
import type { Loaded } from "#calc/modules/loaded.ts";

/** The same model as it runs the batch of mismatched completions: their length says whether the mask of padded rows is copied to whole eights. */
export const onMismatched = (model: Model): Model => {
  const { mismatchedPadding } = model.options;
  if (mismatchedPadding === undefined || mismatchedPadding === model.options.padding) return model;
  const options = { ...model.options, padding: mismatchedPadding };
  const padded = (loaded: Loaded): Loaded => ({ ...loaded, options });
  return {
    ...model,
    options,
    embeddings: padded(model.embeddings),
    layers: model.layers.map(padded),
    final: padded(model.final),
  };
};
