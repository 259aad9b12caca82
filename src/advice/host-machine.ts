// Host memory that the GPUs of one machine need, and the cataloged machine that they make.

import { type Bytes, bytes, GIB } from "#calc/base/bytes.ts";
import { MACHINES, type MachineRow } from "#catalog/machines.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** GPUs that share one machine's memory. */
const GPUS_OF_A_MACHINE = 8;

/** What machines have, GiB. */
const SIZES_GIB = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096] as const;

/** What the processes of one machine keep in host memory, and the size of machine that has it. */
type HostMachine = Readonly<{
  gpus: number;
  bytes: Bytes;
  /** null: more than any. */
  sizeGib: number | null;
}>;

/**
 * What the ranks of one machine need of its memory; all of them where there are no more than eight.
 *
 * @param hostGib what the machine has, where it is known: no other size is considered then
 */
export const hostMachine = (hostBytes: Bytes, gpus: number, hostGib?: number): HostMachine => {
  const onMachine = Math.min(gpus, GPUS_OF_A_MACHINE);
  const total = bytes(hostBytes * onMachine);
  const sizes = hostGib === undefined ? SIZES_GIB : [hostGib];
  return { gpus: onMachine, bytes: total, sizeGib: sizes.find((size) => size * GIB > total) ?? null };
};

/** The machine that the chosen GPUs make: as many of the same kind; null where the catalog has none. */
export const machineOf = ({ gpu, gpus }: Pick<Choices, "gpu" | "gpus">): MachineRow | null =>
  Object.values<MachineRow>(MACHINES).find(
    (machine) => gpu.kind === "catalog" && machine.gpu === gpu.id && machine.gpus === gpus,
  ) ?? null;
