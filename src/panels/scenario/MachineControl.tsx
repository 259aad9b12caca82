import type { ReactElement } from "react";
import { machineOf } from "#advice/machine-of.ts";
import { MACHINES, type MachineRow } from "#catalog/machines.ts";
import { formatCount } from "#format/count.ts";
import { change, ensureFullCatalog } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { Select } from "#ui/Select.tsx";
import { useLocked } from "./use-locked.ts";

const OWN = "own";
const ROWS = Object.values<MachineRow>(MACHINES);
const NAMES = ROWS.map(({ name }) => ({ value: name, label: name }));
const OPTIONS = [{ value: OWN, label: "Custom" }, ...NAMES];

/** The machine's GPUs, once its card is known here; where that cannot be loaded, everything stays as it is. */
const choose = async (name: string): Promise<void> => {
  const machine = ROWS.find((row) => row.name === name);
  if (machine === undefined) return;
  await ensureFullCatalog().catch(() => undefined);
  const { gpu, gpus } = machine;
  if (gpu in useScenario.getState().catalog.gpus) change({ gpu: { kind: "catalog", id: gpu }, gpus });
};

/** A machine that is rented whole: GPU and number at once. */
export const MachineControl = (): ReactElement | null => {
  const machine = machineOf(useScenario((state) => state.choices));
  const isLocked = [useLocked("gpu"), useLocked("gpus")].some(Boolean);
  if (isLocked) return null;
  return (
    <Select
      label="Machine"
      options={OPTIONS}
      value={machine?.name ?? OWN}
      hint={machine && `${formatCount(machine.hostGib)} GiB of host memory.`}
      onChange={(name) => void choose(name)}
    />
  );
};
