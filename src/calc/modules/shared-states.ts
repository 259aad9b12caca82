import { withRerun } from "#calc/tape/checkpoints.ts";
import { drop } from "#calc/tape/tensor.ts";
import { sameTensor } from "#calc/tape/checkpoint.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Shared } from "./loaded.ts";

/**
 * `shared_kv_states[name] = key, value`: the closures of all checkpointed layers hold this dictionary, that of the first layer longest. A
 * recomputation replaces keys and values with its own.
 */
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
