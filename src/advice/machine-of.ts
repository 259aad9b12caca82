import { MACHINES, type MachineRow } from "#catalog/machines.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** The machine that the chosen GPUs make: as many of the same kind; null where the catalog has none. */
export const machineOf = ({ gpu, gpus }: Pick<Choices, "gpu" | "gpus">): MachineRow | null =>
  Object.values<MachineRow>(MACHINES).find(
    (machine) => gpu.kind === "catalog" && machine.gpu === gpu.id && machine.gpus === gpus,
  ) ?? null;
