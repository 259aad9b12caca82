/** Whether a name in LoraConfig.target_modules means the module at this path: the whole path, or its end after a dot. */
export const namesModule = (name: string, path: string): boolean =>
  path.endsWith(name) && (path.length === name.length || path[path.length - name.length - 1] === ".");
