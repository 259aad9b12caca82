import { add, mul } from "#calc/tape/ops/binary.ts";
import { addInPlace } from "#calc/tape/ops/in-place.ts";
import { subtract } from "#calc/tape/ops/difference.ts";
import { linear as matrix } from "#calc/tape/ops/linear.ts";
import { matmul } from "#calc/tape/ops/matmul.ts";
import { to } from "#calc/tape/ops/to.ts";
import { addNumber, clone, scale, tanh } from "#calc/tape/ops/unary.ts";
import { clampBetween } from "#calc/tape/ops/clamp.ts";
import { slice, repeat, view } from "#calc/tape/ops/view.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { gemma4Norm } from "./gemma4-norm.ts";
import { linear } from "./linear.ts";
import type { Loaded } from "./loaded.ts";
import { linearOf, tensorOf } from "./loaded.ts";

/** One of the streams: [streams, b, s, h] → [b, s, h]. */
export const streamOf = (streams: Tensor): Tensor => slice(streams, shapeOf("b", "s", streams.shape.dims[3] ?? 1));

const modalitiesOf = (layer: Loaded, x: Tensor): Tensor =>
  scoped(x.tape, () => {
    const router_inputs = bind(scale(gemma4Norm(layer, "altup.router_norm", x)));
    const routed = bind(linear(layer, "altup.modality_router", router_inputs));
    return to(tanh(to(routed, "fp32")), x.dtype);
  });

/** `Gemma3nTextAltUp.predict` */
export const predict = (layer: Loaded, hidden_states: Tensor): Tensor =>
  scoped(hidden_states.tape, () => {
    const [inputs = 1, , , width = 1] = hidden_states.shape.dims;
    const modalities = bind(modalitiesOf(layer, bind(streamOf(hidden_states))));
    const all_coefs = bind(
      view(linear(layer, "altup.prediction_coefs", modalities), shapeOf("b", "s", inputs, inputs)),
    );
    let predictions = bind(matmul(view(hidden_states, shapeOf("b", "s", width, inputs)), all_coefs));
    predictions = rebind(predictions, view(predictions, hidden_states.shape));
    predictions = rebind(predictions, addInPlace(predictions, hidden_states));
    return to(clone(predictions), hidden_states.dtype);
  });

/** `Gemma3nTextAltUp.correct`: multiplies with the clamped weight of `correction_coefs` itself, past any adapter around it. */
export const correct = (layer: Loaded, predictions: Tensor, activated: Tensor): Tensor =>
  scoped(activated.tape, () => {
    const [inputs = 1] = predictions.shape.dims;
    const modalities = bind(modalitiesOf(layer, activated));
    let innovation = bind(subtract(activated, streamOf(predictions)));
    innovation = rebind(innovation, repeat(innovation, predictions.shape));
    const { weight, dequantized } = linearOf(layer, "altup.correction_coefs");
    // On a 4-bit base transformers 5.24 clamps packed numbers and fails. Counted as if it called the linear.
    const coefs =
      dequantized === null
        ? matrix(modalities, bind(clampBetween(weight)), null)
        : linear(layer, "altup.correction_coefs", modalities);
    const all_coefs = bind(view(addNumber(coefs), shapeOf(inputs, "b", "s", 1)));
    let corrected = bind(mul(innovation, all_coefs));
    corrected = rebind(corrected, addInPlace(corrected, predictions));
    return to(corrected, activated.dtype);
  });

/** `Gemma3nTextAltUp.scale_corrected_output` */
export const scaleOutput = (layer: Loaded, x: Tensor): Tensor => mul(x, tensorOf(layer, "altup.correct_output_scale"));

/** `Gemma3nTextLaurelBlock` */
export const laurel = (layer: Loaded, x: Tensor): Tensor =>
  call(
    "laurel",
    (hidden_states) => {
      let states = bind(linear(layer, "laurel.linear_left", hidden_states));
      states = rebind(states, linear(layer, "laurel.linear_right", states));
      const normed = bind(gemma4Norm(layer, "laurel.post_laurel_norm", states));
      return add(hidden_states, normed);
    },
    x,
  );
