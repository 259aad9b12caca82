import { withRerun } from "#calc/tape/checkpoints.ts";
import { drop } from "#calc/tape/tensor.ts";
import { sameTensor } from "#calc/tape/checkpoint.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Shared } from "./loaded.ts";

/** `shared_kv_states[name] = key, value`: a dictionary that the closures of all checkpointed layers hold, the first layer's longest. A checkpoint's second run puts its own in their place. */
export const share = ({ states, holder }: Shared, name: string, pair: readonly [Tensor, Tensor]): void => {
  const { tape } = pair[0];
  const kept = withRerun(tape.checkpoints, null, () => pair.map(sameTensor)) as [Tensor, Tensor];
  for (const old of states.get(name) ?? []) {
    holder.splice(holder.indexOf(old), 1);
    drop(old);
  }
  holder.push(...kept);
  states.set(name, kept);
};
