// Actions of the import dialog: read text or files, fetch a model, close, undo.

import { hasKnownRows } from "#scenario/keys/choices.ts";
import { MAX_FILE_BYTES, fileSizeProblem } from "#interop/import/file-size-limit.ts";
import type { GivenFile, Refusal } from "#interop/import/source-fields.ts";
import { openMeasuredRow } from "#panels/measured/measured-runs.ts";
import { fetchHubConfig, hubIdIn, looksLikeId } from "./hub-config.ts";
import { changeChoices, ensureFullCatalog, undo } from "#scenario/page/actions.ts";
import { askOnce } from "#scenario/page/questions.ts";
import { useScenario } from "#scenario/page/store.ts";
import type { QuestionResult } from "#service/questions.ts";
import { openEmptyImportBox, PASTED_TEXT_NAME, type ImportResult, useImportBox } from "./import-state.ts";
import { importSummary } from "./import-words.ts";

const MOST_FILES = 20;

/** A field that holds more is slow. */
const MOST_SHOWN = 100_000;

/** The number of the last reading: one that was begun before, or left by closing the box, is for nobody. */
let last = 0;
const begun = (): (() => boolean) => {
  last += 1;
  const own = last;
  return () => own === last;
};

const refuse = (refusals: readonly Refusal[]): void =>
  useImportBox.setState({ waits: null, showsLists: false, refusals, isOpen: true });

const refuseWith = (sentence: string, file = ""): void => refuse([{ file, line: null, sentence }]);

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Takes over what files became, in one step that can be taken back. */
const takeOver = (names: readonly string[], found: ImportResult["found"]): void => {
  const before = useScenario.getState().choices;
  changeChoices(found.choices);
  const { choices: after, catalog } = useScenario.getState();
  if (!hasKnownRows(catalog, after)) void ensureFullCatalog().catch(() => undefined);
  useImportBox.setState({ taken: { names, found, before, after }, showsLists: true, waits: null, refusals: [] });
};

const namesOf = (files: readonly GivenFile[]): readonly string[] => files.map(({ name }) => name);

/** Explains an error, against the run that stands beside it where there is one. The text of the error stays in the field. */
const explain = (
  files: readonly GivenFile[],
  { messages, beside, unread }: Extract<QuestionResult<"import">, { kind: "error" }>,
): void => {
  if (beside !== null) takeOver(namesOf(files), beside);
  const { choices: against } = useScenario.getState();
  const { taken } = useImportBox.getState();
  const words = beside === null || taken === null ? null : importSummary(taken);
  const explained = { messages, shown: 0, against, beside: words, unread, applied: null };
  useImportBox.setState({ explained, showsLists: false, waits: null, refusals: [] });
};

/** Opens the scenario of a measured row, and closes the box: what was measured stands in the answer. */
const takeOverRow = (row: Parameters<typeof openMeasuredRow>[0]): void => {
  const problem = openMeasuredRow(row);
  if (problem === null) useImportBox.setState({ isOpen: false, waits: null, refusals: [], text: "", name: null });
  else refuseWith(problem);
};

const read = async (
  files: readonly GivenFile[],
  { isWanted, isModel = false }: Readonly<{ isWanted: () => boolean; isModel?: boolean }>,
): Promise<void> => {
  useImportBox.setState({ waits: "reading", refusals: [] });
  const { choices } = useScenario.getState();
  let imported: QuestionResult<"import">;
  try {
    imported = await askOnce("import", { files, choices, isModel });
  } catch (error) {
    if (isWanted()) refuseWith(wordsOf(error));
    return;
  }
  if (!isWanted()) return;
  if (imported.kind === "refused") refuse(imported.refusals);
  else if (imported.kind === "measured") takeOverRow(imported);
  else if (imported.kind === "error") explain(files, imported);
  else takeOver(namesOf(files), imported);
};

/** Opens the box with a text and reads it; an id only stands in it, until it is to be fetched. */
export const importText = (text: string): void => {
  const isWanted = begun();
  openEmptyImportBox(text.length > MOST_SHOWN ? "" : text);
  if (text.trim() === "" || looksLikeId(text)) return;
  if (text.length > MAX_FILE_BYTES) refuseWith("The text is longer than what is read.");
  else void read([{ name: PASTED_TEXT_NAME, text }], { isWanted });
};

/** Reads what stands in the field. */
export const importFieldText = (): void => {
  const { text, name } = useImportBox.getState();
  void read([{ name: name ?? PASTED_TEXT_NAME, text }], { isWanted: begun() });
};

const sizeRefusals = (files: readonly File[]): readonly Refusal[] => {
  if (files.length > MOST_FILES)
    return [{ file: "", line: null, sentence: `${files.length} files are more than the ${MOST_FILES} that are read.` }];
  return files.flatMap(({ name: file, size }) => {
    const sentence = fileSizeProblem(size);
    return sentence === null ? [] : [{ file, line: null, sentence }];
  });
};

/** Reads files, all of them as one scenario. One that is too large is refused by its size alone. */
export const importDroppedFiles = async (files: readonly File[]): Promise<void> => {
  if (files.length === 0) return;
  const isWanted = begun();
  openEmptyImportBox();
  const refusals = sizeRefusals(files);
  if (refusals.length > 0) return refuse(refusals);
  useImportBox.setState({ waits: "reading" });
  const texts = await Promise.allSettled(files.map((file) => file.text()));
  if (!isWanted()) return;
  const broken = files.filter((_, index) => texts[index]?.status === "rejected");
  if (broken.length > 0)
    return refuse(broken.map(({ name: file }) => ({ file, line: null, sentence: "The file cannot be read." })));
  const given = files.map(({ name }, index) => {
    const text = texts[index];
    return { name, text: text?.status === "fulfilled" ? text.value : "" };
  });
  const [first] = given;
  if (first !== undefined && given.length === 1 && first.text.length <= MOST_SHOWN) useImportBox.setState(first);
  await read(given, { isWanted });
};

/** Fetches the config.json of the id in the field: the one request that the page makes, on a press alone. */
export const importHubModel = async (): Promise<void> => {
  const { text: typed } = useImportBox.getState();
  const isWanted = begun();
  useImportBox.setState({ waits: "fetching", refusals: [] });
  const { text, problem } = await fetchHubConfig(typed);
  if (!isWanted()) return;
  if (text === null) refuseWith(problem);
  else await read([{ name: `config.json of ${hubIdIn(typed) ?? typed}`, text }], { isWanted, isModel: true });
};

/** Closes the box. What it waits for is dropped; what stands in it stays. */
export const closeImportBox = (): void => {
  begun();
  useImportBox.setState({ isOpen: false, waits: null });
};

/** Whether an import is the page's last step, which can be taken back. */
export const isImportLastStep = (
  { before, after }: ImportResult,
  { past, choices }: ReturnType<typeof useScenario.getState>,
): boolean => before !== after && choices === after && past.at(-1) === before;

/** Takes the last import back: the scenario is what it was, and the field stands in the box again. */
export const undoImport = (): void => {
  const { taken } = useImportBox.getState();
  if (taken === null || !isImportLastStep(taken, useScenario.getState())) return;
  undo();
  useImportBox.setState({ taken: null, showsLists: false });
};
