import type { ModelLayout } from "#calc/model/layout.ts";

/**
 * The layout of a model with a `score` head: of as many columns as the other head had, not tied, without a bias.
 *
 * @see transformers 5.24, modeling_layers.py, `GenericForSequenceClassification`
 */
export const scoredLayout = (layout: ModelLayout, num_labels: number): ModelLayout => ({
  ...layout,
  head: {
    module: {
      kind: "linear",
      name: "score",
      in_features: layout.head.module.in_features,
      out_features: num_labels,
      bias: false,
      isHead: true,
    },
    tied: false,
  },
});
