import type { StackRow } from "#catalog/stack-row.ts";

/** A row of a library whose modules are its own: no kernel is put in their place by name. */
export const withoutKernels = ({ kernels: _kernels, ...row }: StackRow): StackRow => row;

/** A row of a library whose loop is its own, too: checkpoints are as it has them. */
export const ownCode = ({ reentrant: _reentrant, ...row }: StackRow): StackRow => withoutKernels(row);
