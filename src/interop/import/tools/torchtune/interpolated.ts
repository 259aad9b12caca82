import type { Plain, Source, SourceField } from "#interop/import/source.ts";

/** A value that is another field's: "${batch_size}". */
const REFERENCE = /^\$\{([\w.]+)\}$/;

/** How far a reference is followed. */
const FURTHEST = 8;

const followed = (value: Plain, fields: ReadonlyMap<string, SourceField>, steps: number): Plain => {
  const name = typeof value === "string" ? REFERENCE.exec(value)?.[1] : undefined;
  const next = name === undefined ? undefined : fields.get(name);
  return next === undefined || steps === 0 ? value : followed(next.value, fields, steps - 1);
};

/** A file of OmegaConf with its references to other fields filled in. Text around a reference stays as it is. */
export const interpolated = (source: Source): Source => ({
  ...source,
  fields: new Map(
    [...source.fields].map(([path, field]) => [
      path,
      { ...field, value: followed(field.value, source.fields, FURTHEST) },
    ]),
  ),
});
