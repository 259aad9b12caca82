import type { Source, SourceField } from "#interop/import/read-fields.ts";

/** How long rows are, which trainers took themselves once, beside their arguments. */
const LENGTH = /^(.+)\.(max_seq_length|max_length)$/;

const isTrainer = ({ name }: Readonly<{ name: string }>): boolean => /Trainer(\(\d+\))?$/.test(name);

/** `args.max_seq_length = 2048`, where a trainer is given `args`: its length, whatever else those arguments are. */
export const withSetLengths = (source: Source): Source => {
  const { asides = [], calls = [], fields } = source;
  const trainers = calls.filter(isTrainer).map(({ name }) => [fields.get(`${name}.args`)?.value, name] as const);
  const taken = asides.flatMap((aside): readonly (readonly [typeof aside, SourceField])[] => {
    const [, owner, length] = LENGTH.exec(aside.field.path) ?? [];
    const trainer = trainers.find(([given]) => given === owner)?.[1];
    const path = `${trainer}.${length}`;
    return trainer === undefined || fields.has(path) ? [] : [[aside, { ...aside.field, path }]];
  });
  if (taken.length === 0) return source;
  return {
    ...source,
    asides: asides.filter((aside) => !taken.some(([own]) => own === aside)),
    fields: new Map([...fields, ...taken.map(([, field]) => [field.path, field] as const)]),
  };
};
