// Rows of the bytes-per-parameter table, and its summary in words.

import { bytesPerParameter, DTYPE_BYTES, type Dtype, formatName, type ParameterFormat } from "#calc/base/dtypes.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { resolveByStack, stackOf } from "#scenario/choices/resolve-stack.ts";
import { STACK_WORDS } from "#scenario/words/key-words.ts";

export type BytesKey = "weights" | "grads" | "states" | "adapters";

/** One of the four formats that together are the bytes per parameter. */
export type BytesRow = Readonly<{
  key: BytesKey;
  label: string;
  /** The element type in use; null when a flat number of bytes is. */
  dtype: Dtype | null;
  /** Bytes for each parameter; of all states together for the optimizer. */
  bytes: number;
  /** What the stack uses; null where it leaves that to PyTorch or the optimizer. */
  usual: ParameterFormat | null;
  /** Whether somebody said otherwise. */
  isOverridden: boolean;
}>;

const dtypeOf = (format: ParameterFormat): Dtype | null => (typeof format === "number" ? null : format);

const statesRow = (choices: Choices, stateBytes: number, card: CardTraits): BytesRow => {
  const stack = stackOf(choices);
  const { states: format, weights, adapters } = resolveByStack(choices, choices.method, card);
  const trained = choices.method === "full" ? weights : adapters;
  const row = {
    key: "states",
    label: "Optimizer",
    usual: stack.optimizerStates,
    isOverridden: choices.states !== null,
  } as const;
  if (typeof format === "number") return { ...row, dtype: null, bytes: format };
  const elementBytes =
    format === null ? Math.max(bytesPerParameter(trained), stack.masterWeightBytes) : bytesPerParameter(format);
  const own = elementBytes === DTYPE_BYTES.fp32 ? "fp32" : dtypeOf(trained);
  return { ...row, dtype: format ?? own, bytes: stateBytes };
};

/**
 * The four rows for the method in focus: base weights, gradients, optimizer states, adapters. What nobody set follows from the stack; what
 * the stack does not set has the format of the trained parameter, as PyTorch does it.
 *
 * @param stateBytes of all optimizer states for one trained parameter, as the engine counts them
 */
export const bytesRows = (choices: Choices, stateBytes: number, card: CardTraits): readonly BytesRow[] => {
  const { weights, grads, adapters } = resolveByStack(choices, choices.method, card);
  const trained = choices.method === "full" ? weights : adapters;
  const usual = resolveByStack({ ...choices, weights: null, adapters: null }, choices.method, card);
  const row = (key: BytesKey, label: string, format: ParameterFormat): Omit<BytesRow, "usual"> => ({
    key,
    label,
    dtype: dtypeOf(format),
    bytes: bytesPerParameter(format),
    isOverridden: choices[key] !== null,
  });
  return [
    { ...row("weights", "Weights", weights), usual: usual.weights },
    { ...row("grads", "Gradients", grads ?? trained), usual: stackOf(choices).gradients },
    statesRow(choices, stateBytes, card),
    { ...row("adapters", "Adapters", adapters), usual: usual.adapters },
  ];
};

/** Two decimals at most, none where none are needed. */
export const bytesInWords = (bytes: number): string => String(Number(bytes.toFixed(2)));

/** "4 + 4 + 8": trained parameter, gradient and optimizer states of the method in focus. */
export const bytesSummary = (rows: readonly BytesRow[], method: Choices["method"]): string => {
  const bytesOf = (key: BytesKey): string => bytesInWords(rows.find((row) => row.key === key)?.bytes ?? 0);
  return [bytesOf(method === "full" ? "weights" : "adapters"), bytesOf("grads"), bytesOf("states")].join(" + ");
};

/** "bf16 base, fp32 adapters": what the base and what is trained beside it are kept in; of full fine-tuning its gradients. */
export const formatsSummary = (rows: readonly BytesRow[], { method, quant }: Choices): string => {
  const nameOf = (key: BytesKey): string => {
    const row = rows.find((each) => each.key === key);
    return formatName(row?.dtype ?? Number(bytesInWords(row?.bytes ?? 0)));
  };
  const base = method === "qlora" ? STACK_WORDS.quant.values[quant] : nameOf("weights");
  return method === "full"
    ? `${base} base, ${nameOf("grads")} gradients`
    : `${base} base, ${nameOf("adapters")} adapters`;
};

/** A typed number as a format: the dtype that has so many bytes, if one has; for states it is the total, which is never a dtype. */
export const formatOfBytes = (key: BytesKey, bytes: number, current: Dtype | null): ParameterFormat => {
  if (key === "states") return bytes;
  if (current !== null && bytesPerParameter(current) === bytes) return current;
  const named: Readonly<Record<number, Dtype>> = { 4: "fp32", 2: "bf16", 1: "int8" };
  return named[bytes] ?? bytes;
};
