// Knobs for written checkpoints: adapters only, shards, and merging of adapters.

import type { Knob, KnobMaker } from "./knob.ts";

/** A checkpoint of adapters alone, or of each GPU's own part, where the whole model is written. */
export const saving: KnobMaker = ({ choices }) => {
  if (choices.saving !== "full") return [];
  const adapter: Knob = {
    id: "saving-adapter",
    subject: "saving",
    title: "Save adapters alone",
    phrase: "save adapters alone",
    moment: "save",
    price: "savedAdapters",
    patch: { saving: "adapter" },
  };
  const sharded: Knob = {
    id: "saving-sharded",
    subject: "saving",
    title: "Save in shards",
    phrase: "save each GPU’s part in a file of its own",
    moment: "save",
    price: "savedShards",
    patch: { saving: "sharded" },
  };
  return [...(choices.method === "full" ? [] : [adapter]), ...(choices.gpus > 1 ? [sharded] : [])];
};

/** Adapters merged without the check of what comes of it, or by another process in host memory. */
export const merging: KnobMaker = ({ choices: { merge } }) => {
  if (merge === "0") return [];
  const unchecked: Knob = {
    id: "merge-unchecked",
    subject: "merge",
    title: "Merge without safe_merge",
    phrase: "merge without safe_merge",
    moment: "merge",
    price: "mergeUnchecked",
    patch: { merge: "1" },
  };
  const onHost: Knob = {
    id: "merge-host",
    subject: "merge",
    title: "Merge later, in host memory",
    phrase: "merge the saved adapters later, in host memory",
    moment: "merge",
    price: "mergeOnHost",
    patch: { merge: "0" },
  };
  return merge === "safe" ? [unchecked, onHost] : [onHost];
};
