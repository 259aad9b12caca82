import type { MinimumRun } from "#catalog/minimum-gpus.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { encodeLink } from "#scenario/choices/url.ts";

type Cell = Readonly<{ model: string; run: Pick<MinimumRun, "method" | "stack">; card: string; gpus: number }>;

/** The link to what a cell of the table says. */
export const minimumGpusLink = ({ model, run: { method, stack }, card, gpus }: Cell): string =>
  encodeLink({
    ...DEFAULT_CHOICES,
    model: { kind: "catalog", id: model },
    method,
    stack,
    gpu: { kind: "catalog", id: card },
    gpus,
  });
