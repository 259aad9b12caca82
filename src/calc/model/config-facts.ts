import type { Architecture } from "./architecture.ts";

/** A field of a config.json by its name, as it is written there; undefined where the file has none. */
type WrittenField = (name: string) => unknown;

/** What a family's code makes of fields that only it has, beside the counts that were read under any family's names. */
export type ConfigRule = (written: WrittenField, counts: Partial<Architecture>) => Partial<Architecture>;

/** What a family's modelling file and config class settle, so that a config.json of it need not say it. */
export type ConfigFacts = Readonly<{
  /** Fixed in code, or the default of the config class; a field that the config.json has wins. */
  fields: Partial<Architecture>;
  /** Default of `tie_word_embeddings`. */
  tied?: boolean;
  /** `attention_bias` of these configs is the bias of q, k and v alone. */
  biasOfQkv?: boolean;
  /** `intermediate_size` of these configs is the width of an expert. */
  expertsAreIntermediate?: boolean;
  /** The config class says of the MLP: four times the width. */
  fourfoldMlp?: boolean;
  /** The kind of a layer decides what parameters it has. */
  kindsCount?: boolean;
  /** Names of kinds as files have them and the family's code has not: transformers 5 renames them when it saves a config. */
  kindNames?: Readonly<Record<string, string>>;
  /** Fields that transformers 5 saves in `per_layer_config`, with the layers that they are of, each with the field's name there. */
  ofSomeLayers?: Readonly<Partial<Record<keyof Architecture, string>>>;
  /** The flag that says whether there are norms on queries and keys, and of which kind they are where there are. */
  qkNorm?: Readonly<{ flag: string; norm: NonNullable<Architecture["qk_norm"]> }>;
  rule?: ConfigRule;
}>;
