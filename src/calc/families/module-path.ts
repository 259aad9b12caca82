/** The last part of a module's path that is a name, and what follows it: `o_proj` of `self_attn.o_proj`, `altup_projections.0` of itself. */
export const lastPart = (path: string): string => path.replace(/^.*\.(?=\D)/, "");

/** Whether a name in LoraConfig.target_modules means the module at this path: the whole path, or its end after a dot. */
export const namesModule = (name: string, path: string): boolean =>
  path.endsWith(name) && (path.length === name.length || path[path.length - name.length - 1] === ".");
