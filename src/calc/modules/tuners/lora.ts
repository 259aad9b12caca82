import type { Adapter, Tuner } from "#calc/modules/loaded.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { dropout } from "#calc/tape/ops/dropout.ts";
import { linear as matmul } from "#calc/tape/ops/linear.ts";
import { to } from "#calc/tape/ops/to.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { loraLinear } from "./lora-linear.ts";
import { dividesLowRank, lowRankOf, lowRankTensors } from "./low-rank.ts";

/** lora_B(lora_A(dropout(x))) */
const adapted = (adapter: Adapter, x: Tensor): Tensor => {
  const { A, B } = lowRankOf(adapter);
  const dropped = adapter.dropout === 0 ? x : call("lora_dropout", (input) => dropout(input, adapter.dropout), x);
  const low = call("lora_A", (input) => matmul(input, A, null), dropped);
  return call("lora_B", (input) => matmul(input, B, null), low);
};

/**
 * LoRA: result + scaling · B(A(dropout(x))). On a 4-bit base without autocast the second summand is cast to the dtype of the result first.
 *
 * @see peft/tuners/lora/layer.py, `Linear.forward`; peft/tuners/lora/bnb.py, `Linear4bit.forward`
 */
export const lora: Tuner = {
  id: "lora",
  tensors: (matrix, { r }) => lowRankTensors(matrix, r),
  forward: loraLinear({
    onPlainBase: (_, adapter, [x, result]) => add(result, scale(adapted(adapter, x))),
    onFourBitBase: (_, adapter, [x, result]) => {
      let output = bind(scale(adapted(adapter, x)));
      if (x.tape.autocast.element === null) output = rebind(output, to(output, result.dtype));
      return add(result, output);
    },
  }),
  divides: dividesLowRank,
  bases: ["bnb-4bit", "bnb-8bit", "gptq", "flat"],
  inLibraries: true,
};
