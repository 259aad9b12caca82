/** A parsed JSON object: its own fields, none of which can be trusted. */
export type RawConfig = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object, not a list. */
export const isObject = (value: unknown): value is RawConfig =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A field of the file's own: what every object inherits is no field, and null is none. */
export const own = (config: RawConfig, name: string): unknown =>
  Object.hasOwn(config, name) ? (config[name] ?? undefined) : undefined;

/** The first of several names that the file has, and what stands there. */
export const firstOf = (
  config: RawConfig,
  names: readonly string[],
): Readonly<{ name: string; value: unknown }> | undefined => {
  for (const name of names) {
    const value = own(config, name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
};
