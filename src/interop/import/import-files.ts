// Import of training files: recognized tools, merged findings, and the scenario's link.

import type { LinkKey, Choices, LinkTexts } from "#scenario/keys/choices.ts";
import { encodeLink, encodeText } from "#scenario/choices/encode-link.ts";
import type { Issue, Parsed } from "#scenario/keys/issues.ts";
import { type Finding, type Source, type GivenFile, isRefusal, type Refusal } from "./source-fields.ts";
import type { Imported } from "./import-result.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { ALL_TOOLS, type RecognizedFile, severalRuns, withCommandsAsParts, withOverrides } from "./runs.ts";
import { dropAnsweredComplaints, fillMissingSettings, withModelLengthLimit } from "./missing-settings.ts";
import { withTrainerLengths } from "./formats/python-calls.ts";
import { readSource } from "./formats/text-source.ts";
import { withObjective } from "./fields/counted-objective.ts";
import { CONFIG_JSON_READER } from "./tools/config-json.ts";
import { namedVersions, withoutEnvironment, withVersions } from "./library-versions.ts";
import { withVisionFields } from "./vision-fields.ts";
import { importLists } from "./import-lists.ts";

const recognise = (source: Source, isModel: boolean): RecognizedFile | Refusal => {
  const tool = isModel ? CONFIG_JSON_READER : ALL_TOOLS.find((each) => each.recognises(source));
  if (tool !== undefined) return { source, tool };
  const sentence = "No tool that is known here writes such fields.";
  return { file: source.file, line: null, sentence };
};

/** The keys that findings of a kind set. */
const ofKind = (findings: readonly Finding[], kind: "read" | "assumed" | "unknown") =>
  findings.flatMap((found): readonly (readonly [LinkKey, string])[] => {
    if (found.kind !== kind || !("text" in found)) return [];
    return found.kind === "read" && found.isPart ? [] : [[found.key, found.text]];
  });

/**
 * Every key that a finding sets; what a file says goes before what is assumed, and later files, of which parts come last, before earlier ones. What is not
 * known goes before all.
 */
const textsOf = (findings: readonly Finding[]): LinkTexts =>
  Object.fromEntries((["assumed", "read", "unknown"] as const).flatMap((kind) => ofKind(findings, kind)));

/** The keys that stay where a whole run is imported: files say nothing of cards. */
const OF_THE_CARD: readonly (keyof Choices)[] = ["gpu", "used"];

const kept = (base: Choices, isRun: boolean, fresh: Choices): Choices =>
  isRun ? { ...fresh, ...Object.fromEntries(OF_THE_CARD.map((key) => [key, base[key]])) } : base;

/** A card as the page names it; one of its memory alone has no name. */
const cardOf = ({ gpu }: Choices, catalog: Catalog): string =>
  (gpu.kind === "catalog" ? catalog.gpus[gpu.id]?.shortName : undefined) ?? "the card of the scenario";

const linkOf = (base: string, texts: LinkTexts): string => {
  const set = Object.entries(texts).map(([key, text]) => `${key}=${encodeText(text)}`);
  const stays = base
    .slice(1)
    .split("&")
    .filter((part) => !Object.hasOwn(texts, part.split("=")[0] ?? ""));
  return `?${[...stays, ...set].join("&")}`;
};

/** The stack of the first run among files. */
const stackOf = (recognised: readonly RecognizedFile[]): LinkTexts => {
  const stack = recognised.map(({ tool }) => tool.stack).find((each) => each !== null);
  return stack === undefined ? {} : { stack };
};

/** Runs first, in the order given; then the parts that say more of them. */
const inOrder = (recognised: readonly RecognizedFile[]): readonly RecognizedFile[] =>
  [...recognised].sort((one, other) => Number(one.tool.says === "part") - Number(other.tool.says === "part"));

/** What a link assumes of an architecture the reader of its config.json has said, field by field. */
const isNews = ({ code, key }: Issue): boolean =>
  code !== "unknown-family" && (code !== "assumed-field" || key !== "arch");

const refusalsOf = (findings: readonly Finding[], files: readonly GivenFile[]): readonly Refusal[] =>
  findings.flatMap((found): readonly Refusal[] =>
    found.kind === "refused"
      ? [
          {
            file: found.field?.file ?? files[0]?.name ?? "",
            line: found.field?.line ?? null,
            sentence: found.sentence,
          },
        ]
      : [],
  );

type Importing = Readonly<{
  catalog: Catalog;
  base: Choices;
  over?: readonly Finding[];
  isModel?: boolean;
  beside?: string;
}>;

/**
 * Reads training files of other tools. Several files make one scenario: a run, and the files that say how GPUs share it. What a file leaves open is
 * what its tool does then; what no file of its kind says (the card) stays as in `base`. Nothing is executed or fetched, and nothing throws.
 *
 * @param base where files are only a part of a run, the rest of it
 * @param over what is read goes before all that files say, what is assumed before what readers assume
 * @param beside a text that the files stand in or beside (an error's), which may name versions
 * @param isModel the files are known to be a model's config.json, whatever they look like
 */
export const importFiles = (
  given: readonly GivenFile[],
  { catalog, base, over = [], isModel = false, beside = "" }: Importing,
): Imported => {
  const files = isModel ? given : withoutEnvironment(given);
  const sources = files.map((file) => readSource(file, isModel));
  const recognised = sources.map((each) => (isRefusal(each) ? each : recognise(withTrainerLengths(each), isModel)));
  const refusals = recognised.filter((each) => "sentence" in each);
  if (refusals.length > 0 || recognised.length === 0) return { kind: "refused", refusals };
  const ordered = inOrder(withCommandsAsParts(withOverrides(recognised as readonly RecognizedFile[])));
  const several = severalRuns(ordered);
  if (several.length > 0) return { kind: "refused", refusals: several };
  const found = dropAnsweredComplaints(
    withObjective([
      ...ordered.flatMap(({ source, tool }) => withVisionFields(source, tool.read(source, { catalog }), catalog)),
      ...over,
    ]),
    files.map(({ name }) => name),
    new Set(over.flatMap((each) => (each.kind === "read" ? [each.key] : []))),
  );
  const refused = refusalsOf(found, files);
  if (refused.length > 0) return { kind: "refused", refusals: refused };
  const isRun = ordered.some(({ tool }) => tool.says === "run");
  const fresh = decodeLink("?v=1", catalog).value;
  const start = encodeLink(kept(base, isRun, fresh));
  const decoded = (findings: readonly Finding[]): Parsed<Choices> =>
    decodeLink(linkOf(start, { ...stackOf(ordered), ...textsOf(findings) }), catalog);
  const named = namedVersions(beside === "" ? given : [...given, { name: "what stands beside it", text: beside }]);
  const dated = withVersions(found, ordered, named);
  const own = withModelLengthLimit(dated, (findings) => decoded(findings).value, catalog);
  const findings = [...own, ...fillMissingSettings(textsOf(own), { isRun, base, card: cardOf(base, catalog) })];
  const { value, issues } = decoded(findings);
  return {
    kind: "imported",
    choices: value,
    tools: ordered.map(({ tool }) => tool.name),
    ...importLists(ordered, findings, issues.filter(isNews)),
  };
};
