/** Whether a name in LoraConfig.target_modules means the module at this path: the whole path, or its end after a dot. */
export const namesModule = (name: string, path: string): boolean => path === name || path.endsWith(`.${name}`);
