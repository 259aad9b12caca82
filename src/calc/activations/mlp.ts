import type { LayerShape } from "./layer-shape.ts";
import { combine, on, type Profile } from "./profile.ts";
import type { Regime } from "./regime.ts";

/**
 * What the MLP saves between its first and its last linear: gated, the gate (for the activation), the activation and the other half (for their
 * product); plain, the input of the activation. The product itself only where the last linear is trained.
 *
 * @see transformers/models/llama/modeling_llama.py, `LlamaMLP.forward`.
 */
const denseSaved = (regime: Regime, shape: LayerShape): Profile => {
  const { tensors, masks } = shape.activation;
  const factors = shape.isGated ? 2 : 0;
  const product = regime.isBaseTrained ? 1 : 0;
  return on("intermediate", (tensors + factors + product) * regime.linear + masks);
};

/**
 * What fused experts save for each token: for every visited expert the gathered input and its output (for the router's weight), gate and up, the
 * activation, and with trained experts the product. An estimate: the order of tokens among experts is left out.
 *
 * @see transformers/models/mixtral/modeling_mixtral.py (5.x), `MixtralExperts.forward`.
 */
const expertsSaved = (regime: Regime, shape: LayerShape): Profile => {
  if (shape.expertsPerToken === 0) return {};
  const bytes = regime.linear;
  return combine(
    on("hidden", shape.expertsPerToken * bytes * (regime.isBaseTrained ? 2 : 1)),
    on("expertWidth", bytes * (regime.isBaseTrained ? 4 : 3)),
  );
};

/** What the MLP, dense or of experts, saves. */
export const mlpSaved = (regime: Regime, shape: LayerShape): Profile =>
  combine(denseSaved(regime, shape), expertsSaved(regime, shape));

/**
 * What the MLP's backward needs beside what was saved: the gradient of the product and those of its two factors; a trained last linear has freed
 * the product by then.
 */
export const mlpBackwardWorking = (regime: Regime, shape: LayerShape): Profile => {
  const gradients = (shape.isGated ? 3 : 2) - (regime.isBaseTrained ? 1 : 0);
  return combine(on("intermediate", gradients * regime.linear), on("expertWidth", gradients * regime.linear));
};

/** What the MLP's forward holds at its highest moment when nothing is saved: the two factors and their product. */
export const mlpForwardWorking = (regime: Regime, shape: LayerShape): Profile => {
  const tensors = shape.isGated ? 3 : 2;
  return combine(on("intermediate", tensors * regime.linear), on("expertWidth", tensors * regime.linear));
};
