// Candidates of one layer: activations of tokens and attention scores.

import type { ModelLayout } from "#calc/model/layout.ts";
import { formatCount } from "#format/numbers.ts";
import type { Candidate, Origin } from "./candidate.ts";
import { fittingRows } from "./fitting-rows.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { OomMoment } from "#interop/oom/traceback.ts";

/** Widths that rows have inside of a layer, each with the first module that they go into or come out of. */
const widthsOf = ({ layers }: ModelLayout): ReadonlyMap<number, string> => {
  const widths = new Map<number, string>();
  for (const { modules } of layers)
    for (const each of modules) {
      if (each.kind !== "linear") continue;
      for (const width of [each.in_features, each.out_features]) if (!widths.has(width)) widths.set(width, each.name);
    }
  return widths;
};

/** Tokens × a width inside a layer, in 16 bit or fp32: what modules hand on. */
export const activations: Origin = ({ subject, request }) =>
  [...widthsOf(subject.layout)].flatMap(([width, module]) =>
    [2, 4].flatMap((size) =>
      fittingRows(({ batch, length }) => size * batch * length * width, subject, request)
        .filter(({ fits }) => fits === "as-set" || fits === "shorter")
        .map(({ rows: { batch, length }, fits }): Candidate => ({
          tensor: "activation",
          name: `rows of ${formatCount(width)} numbers at ${module}, in ${size === 4 ? "fp32" : "16 bit"}`,
          bytes: size * batch * length * width,
          formula: `${size} B × ${formatCount(batch)} × ${formatCount(length)} tokens × ${formatCount(width)}`,
          fits,
          rows: { batch, length },
          phases: ["train", "evaluate"],
          places: ["attention", "feed-forward", "forward", "backward"],
          why: "A module inside a layer hands on a number of this width for each token; backward needs many of them again.",
          change:
            "Gradient checkpointing keeps one row a layer and token; shorter rows and a smaller batch help in proportion.",
        })),
    ),
  );

/** Kernels that make the scores; another is believed to where the traceback ends in attention. */
const makesScores = ({ attn_implementation: kernel }: Scenario, { place }: OomMoment): boolean =>
  kernel === "eager" || kernel === "math" || place === "attention";

/**
 * Batch × heads × length × length: a number for each pair of tokens and each head.
 *
 * @see transformers 5.24, `eager_attention_forward`; pytorch 2.13, `_scaled_dot_product_attention_math`
 */
export const attentionScores: Origin = ({ subject, request, moment }) => {
  const { scenario } = subject;
  const { attn_implementation: kernel } = scenario;
  if (!makesScores(scenario, moment)) return [];
  const { num_attention_heads: heads } = scenario.architecture;
  return [4, 2].flatMap((size) =>
    fittingRows(({ batch, length }) => size * batch * heads * length * length, subject, request).map(
      ({ rows: { batch, length }, fits }): Candidate => ({
        tensor: "attention-scores",
        name: `the attention scores in ${size === 4 ? "fp32" : "16 bit"}`,
        bytes: size * batch * heads * length * length,
        formula: `${size} B × ${formatCount(batch)} × ${heads} heads × ${formatCount(length)} × ${formatCount(length)}`,
        fits,
        rows: { batch, length },
        phases: ["train", "evaluate"],
        places: ["attention", "forward", "backward"],
        isUnset: kernel !== "eager" && kernel !== "math",
        why: "This attention makes a number for each pair of tokens and each head, which grows with the square of the length.",
        change:
          'Load the model with attn_implementation="flash_attention_2" or "sdpa": flash kernels never make them. Half the length is a quarter.',
      }),
    ),
  );
};
