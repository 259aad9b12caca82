import type { DeviceMemory, Held } from "./device-memory.ts";

/** Names of a Python function, and the tensors behind them. A tensor goes when its last name does. */
export type PythonNames = Readonly<{
  /** `name = value`: the new tensors are there before the old ones go. None: `del name`. */
  set: (name: string, ...tensors: readonly Held[]) => void;
  get: (name: string) => readonly Held[];
  /** The function returns: all names go. */
  clear: () => void;
}>;

export const createPythonNames = (device: DeviceMemory): PythonNames => {
  const byName = new Map<string, readonly Held[]>();
  const holders = new Map<Held, number>();
  const hold = (tensor: Held, step: 1 | -1): void => {
    const count = (holders.get(tensor) ?? 0) + step;
    holders.set(tensor, count);
    if (count > 0) return;
    holders.delete(tensor);
    device.free(tensor);
  };
  const get: PythonNames["get"] = (name) => byName.get(name) ?? [];
  const set: PythonNames["set"] = (name, ...tensors) => {
    const old = get(name);
    for (const tensor of tensors) hold(tensor, 1);
    byName.set(name, tensors);
    for (const tensor of old) hold(tensor, -1);
  };
  return {
    set,
    get,
    clear: () => {
      for (const name of byName.keys()) set(name);
    },
  };
};
