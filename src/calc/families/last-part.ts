/** The last part of a module's path that is a name, and what follows it: `o_proj` of `self_attn.o_proj`, `altup_projections.0` of itself. */
export const lastPart = (path: string): string => path.replace(/^.*\.(?=\D)/, "");
