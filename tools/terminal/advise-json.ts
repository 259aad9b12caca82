import type { Advice } from "#advice/advise.ts";
import type { InverseId } from "#advice/inverse-id.ts";
import type { Largest } from "#advice/largest-within.ts";
import { encodeLink } from "#scenario/choices/url.ts";

/** The object that `advise --json` prints for a link; public interface, so that fields are only ever added. */
export type AdviseJson = Readonly<{
  /** Each knob that saves something for the method in focus, the largest saving first; `link` is the whole changed scenario. */
  knobs: readonly Readonly<{ id: string; link: string; savedBytes: number }>[];
  /** The fewest that make it fit; no ids where it does already, null where nothing makes it. */
  smallestSet: Readonly<{ ids: readonly string[]; link: string }> | null;
  inverse: Readonly<Record<InverseId, Largest>>;
  /** For each method shown; null where no number of any card is enough. */
  smallestGpu: readonly Readonly<{ method: string; gpu: string | null; gpus: number | null }>[];
}>;

/** Advice as `advise --json` prints it. */
export const adviseJson = ({ knobs, smallestSet, inverse, smallestCards }: Advice): AdviseJson => ({
  knobs: knobs.map(({ knob, trial, savedBytes }) => ({ id: knob.id, link: encodeLink(trial.choices), savedBytes })),
  smallestSet:
    smallestSet === null
      ? null
      : { ids: smallestSet.knobs.map(({ id }) => id), link: encodeLink(smallestSet.trial.choices) },
  inverse,
  smallestGpu: smallestCards.map(({ method, found }) => ({
    method,
    gpu: found?.id ?? null,
    gpus: found?.gpus ?? null,
  })),
});
