import { formatGib } from "#format/bytes.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { CardNote } from "./card-notes.ts";
import { hostMachine } from "./host-machine.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";

/** What a fit on the card leaves to the host: how much of its memory each method takes. null where nothing is moved there. */
export const hostNote = ({ choices, methods }: Answer): CardNote | null => {
  const offloaded = methods
    .filter(({ estimate }) => estimate.hostBytes > 0)
    .map(({ method, estimate }) => ({ method, host: hostMachine(estimate.hostBytes, choices.gpus) }));
  const [first] = offloaded;
  if (choices.offload === "none" || first === undefined) return null;
  const parts = offloaded.map(
    ({ method, host }) => `${formatGib(host.bytes)} GiB for ${METHOD_NAMES[method].inSentence}`,
  );
  const { gpus } = first.host;
  const where = gpus < choices.gpus ? `in the memory of each host of ${gpus} GPUs` : "in host memory";
  return {
    id: "host",
    says: `What is offloaded is held ${where}: ${parts.join(", ")}. The verdict is about the card alone.`,
  };
};
