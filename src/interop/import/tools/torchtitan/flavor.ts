import { ownValue } from "#calc/base/own-value.ts";
import { askedUnknown } from "#interop/import/asked-unknown.ts";
import type { Finding } from "#interop/import/finding.ts";
import { catalogModel } from "#interop/import/named-model.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { quoted, wordOf } from "#interop/import/take.ts";
import type { ReadWith } from "#interop/import/tool-reader.ts";

/** Catalog models by torchtitan's name and flavor. @see torchtitan@73a0e697 (0.2.2):torchtitan/models/, each `__init__.py` */
const FLAVORS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  llama3: { "8b": "llama-3.1-8b", "70b": "llama-3.1-70b", "405b": "llama-3.1-405b" },
  llama4: { "17bx16e": "llama-4-scout", "17bx128e": "llama-4-maverick" },
  deepseek_v3: { "16b": "deepseek-v2-lite", "671b": "deepseek-v3" },
  qwen3: {},
  gpt_oss: { "20b": "gpt-oss-20b", "120b": "gpt-oss-120b" },
};

/** Families that are none of language. */
const OTHERS = ["flux"];

/** The catalog's model of a name and flavor: by the list, by the family's own sizes, or by the files that it is loaded from. */
const modelOf = (
  { name, flavor, assets }: Readonly<{ name: string; flavor: string; assets: string }>,
  { catalog }: ReadWith,
): string | undefined => {
  const listed = ownValue(ownValue(FLAVORS, name) ?? {}, flavor.toLowerCase());
  const sized = name === "qwen3" ? catalogModel(`qwen3-${flavor}`, catalog) : undefined;
  const found = [listed, sized].find((id) => id !== undefined && Object.hasOwn(catalog.models, id));
  return found ?? (/debug/i.test(flavor) ? undefined : catalogModel(assets, catalog));
};

const textOf = (field: SourceField | undefined): string => wordOf(field?.value ?? "");

/** Which model is trained. */
export const readFlavor = (source: Source, look: ReadWith): readonly Finding[] => {
  const name = fieldOf(source, "model.name");
  const flavor = fieldOf(source, "model.flavor");
  const assets = fieldOf(source, ["model.hf_assets_path", "model.tokenizer_path"]);
  const field = flavor ?? name;
  if (field === undefined) return [];
  const words = { name: textOf(name), flavor: textOf(flavor), assets: textOf(assets) };
  const aside: readonly Finding[] =
    name === undefined || name === field
      ? []
      : [{ kind: "ignored", field: name, sentence: "The flavor says which one." }];
  if (OTHERS.includes(words.name))
    return [{ kind: "refused", field, sentence: `${words.name} (${words.flavor}) is no language model.` }];
  const id = modelOf(words, look);
  if (id !== undefined) return [...aside, { kind: "read", field, key: "model", text: id }];
  const asked = `${words.name} ${words.flavor}`.trim();
  const sentence = `The catalog has no model ${quoted(asked)}. Add its config.json, or name another.`;
  return [...aside, askedUnknown(field, ["model", asked], sentence)];
};
