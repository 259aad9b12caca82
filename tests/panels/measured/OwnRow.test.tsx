import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { MeasuredRow } from "#interop/measure/measured-rows.ts";
import { Bars } from "#panels/answer/Bars.tsx";
import { PeakTable } from "#panels/answer/PeakTable.tsx";
import { useImportBox } from "#panels/import/import-state.ts";
import { ImportDoor } from "#panels/import/ImportDoor.tsx";
import { useMeasuredRuns } from "#panels/measured/measured-runs.ts";
import { KEPT_KEY } from "#panels/measured/shown-measurements.ts";
import { changeChoices, undo } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { madeOutOfMemory, madeRow, madeRowWith } from "../../interop/measured/made-row.ts";
import { bringDialogs, dropOn, fileOf, pasteOn } from "../import/builders.ts";

const GIB = 2 ** 30;

const page = (
  <main id="answer" tabIndex={-1}>
    <Bars />
    <PeakTable />
    <ImportDoor />
  </main>
);

beforeEach(() => {
  bringDialogs();
  localStorage.clear();
  useScenario.setState(useScenario.getInitialState(), true);
  useImportBox.setState(useImportBox.getInitialState(), true);
  useMeasuredRuns.setState(useMeasuredRuns.getInitialState(), true);
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 1032, 270));
});

const line = (method = "LoRA"): Promise<HTMLElement> => screen.findByRole("group", { name: `Measured run, ${method}` });
const noLine = (): void => expect(screen.queryByRole("group", { name: /^Measured run/ })).toBeNull();
const titles = (): readonly (string | null)[] =>
  [...document.querySelectorAll("svg title")].map(({ textContent }) => textContent);
const stored = (): unknown => JSON.parse(localStorage.getItem(KEPT_KEY) ?? "null");
const keep = (): Promise<void> => userEvent.click(screen.getByRole("button", { name: "Keep in this browser" }));

const paste = async (row: MeasuredRow): Promise<HTMLElement> => {
  pasteOn(document.body, `what else was shown\n${JSON.stringify(row)}\n`);
  return line();
};

describe("a row that is pasted", () => {
  test("closes the box and stands with its scenario: marks, a line that has the focus, a column beside its method", async () => {
    render(page);
    const group = await paste(madeRow({ link: "?v=1&method=lora", peakBytes: 20_304_660_480 }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(group).toHaveTextContent(
      /LoRA measured, 14 Nov 2026: 18\.9 GiB allocated, 20\.1 reserved \(NVIDIA GeForce RTX 4090, torch 2\.13\.0\)\. Predicted for these metrics: 18\.9 and 20\.1\. Allocated agrees\./,
    );
    await waitFor(() => expect(group.querySelector("p")).toHaveFocus());
    expect(titles()).toEqual(["Measured 18.9 GiB, allocated", "Measured 20.5 GiB, reserved, with the CUDA context"]);
    expect(
      screen.getByRole("group", { name: /^LoRA: .* measured 18\.9 GiB allocated, measured 20\.5 GiB reserved/ }),
    ).toBeVisible();
    expect(await screen.findByRole("columnheader", { name: "measured" })).toBeVisible();
    const cells = (name: RegExp): readonly (string | null)[] =>
      within(screen.getByRole("row", { name }))
        .getAllByRole("cell")
        .map(({ textContent }) => textContent);
    expect(cells(/^Allocated/)[2]).toBe("18.9");
    expect(cells(/^\+ CUDA context/)[2]).toBe("0.4");
    expect(cells(/^Seen on this card/)[2]).toBe("20.5");
    expect(cells(/^Needed on the card/)[2]).toBe("");
    expect(cells(/^Base weights/)[2]).toBe("");
    expect(localStorage.length).toBe(0);
  });

  test("opens its scenario in one step that undo takes back, and the line with it", async () => {
    render(page);
    await paste(madeRow({ link: "?v=1&batch=2&gpu=l4" }));
    expect(useScenario.getState().choices).toMatchObject({ batch: 2, gpu: { id: "l4" } });
    act(() => undo());
    expect(useScenario.getState().choices.batch).toBe(1);
    await waitFor(noLine);
    expect(titles()).toEqual([]);
  });

  test("dropped as a file it is the same, and a bad one is refused in the box with its field", async () => {
    render(page);
    dropOn(document.body, fileOf(JSON.stringify(madeRow()), "row.json"));
    await line();
    dropOn(document.body, fileOf(JSON.stringify({ ...madeRow(), peakBytes: "much" }), "row.json"));
    expect(
      await screen.findByText('In the measured row peakBytes is "much", not a whole number of bytes or null.'),
    ).toBeVisible();
    expect(screen.getByText("The scenario is what it was.")).toBeVisible();
  });

  test("names the part that is off by the moment that tells it", async () => {
    render(page);
    const all = ["load", "forward", "backward", "step", "zero"];
    expect(await paste(madeRowWith(1.2 * GIB, ...all))).toHaveTextContent(
      /Allocated is 1\.2 GiB more than predicted\. After loading 1\.2 GiB more than predicted: weights\./,
    );
    act(() => useMeasuredRuns.setState({ opened: null }));
    expect(await paste(madeRowWith(0.8 * GIB, "forward"))).toHaveTextContent(
      /Allocated is 0\.8 GiB more than predicted, all of it in forward: activations and logits\./,
    );
  });

  test("out of memory it says PyTorch's words, the moment, and whether that was predicted", async () => {
    render(page);
    const group = await paste(madeOutOfMemory({ link: "?v=1&batch=4" }));
    expect(group).toHaveTextContent(
      /LoRA out of memory, 14 Nov 2026, in the backward of step 1, with 21\.9 GiB allocated \(NVIDIA GeForce RTX 4090, torch 2\.13\.0\)\. PyTorch: CUDA out of memory\. Tried to allocate 1\.96 GiB\..* Headroom says so too: 30\.5 GiB needed, the most in backward, 7\.0 more than there is\./,
    );
    expect(titles()).toEqual(["Measured 21.9 GiB, allocated, then out of memory"]);
    expect(screen.queryByRole("columnheader", { name: "measured" })).toBeNull();
    act(() => useMeasuredRuns.setState({ opened: null }));
    expect(await paste(madeOutOfMemory())).toHaveTextContent(
      /Headroom says that it fits: 19\.8 GiB needed, the most in backward, 3\.8 free\. Either it is wrong here, or others used the card\./,
    );
    act(() => useMeasuredRuns.setState({ opened: null }));
    expect(await paste(madeOutOfMemory({ link: "?v=1&used=3.5" }))).toHaveTextContent(
      /Headroom says that it may not fit: 19\.8 GiB needed, the most in backward, 0\.3 free\. ?Keep in this browser/,
    );
  });

  test("of another card says so, also when the card is changed later; of a CPU it has no mark", async () => {
    render(page);
    const other = /It was measured on another card than the RTX 4090 that is counted for/;
    expect(await paste(madeRow({ device: { name: "NVIDIA H100 80GB HBM3", totalBytes: 79 * GIB } }))).toHaveTextContent(
      other,
    );
    act(() => useMeasuredRuns.setState({ opened: null }));
    const group = await paste(madeRow());
    expect(group).not.toHaveTextContent("another card");
    act(() => changeChoices({ gpu: { kind: "catalog", id: "h100-sxm" } }));
    await waitFor(() =>
      expect(screen.getByRole("group", { name: "Measured run, LoRA" })).toHaveTextContent("than the H100 that"),
    );
    act(() => undo());
    act(() => useMeasuredRuns.setState({ opened: null }));
    const cpu = madeRow({ device: null, peakBytes: null, reservedBytes: null, contextBytes: null, moments: [] });
    expect(await paste(cpu)).toHaveTextContent(
      /LoRA ran, 14 Nov 2026: 3 steps on a CPU, torch 2\.13\.0\. It has no figure of a card’s memory\./,
    );
    expect(titles()).toEqual([]);
  });
});

describe("a row is kept in this browser on a press alone", () => {
  test("shown again in its scenario when the page is opened anew, beside that of another method", async () => {
    const { unmount } = render(page);
    await paste(madeRow());
    expect(stored()).toBeNull();
    await keep();
    expect(stored()).toEqual([madeRow()]);
    pasteOn(document.body, JSON.stringify(madeRow({ link: "?v=1&method=qlora", peakBytes: 13_636_904_960 })));
    await line("QLoRA");
    await userEvent.click(within(await line("QLoRA")).getByRole("button", { name: "Keep in this browser" }));
    expect(stored()).toHaveLength(2);
    unmount();
    useMeasuredRuns.setState(useMeasuredRuns.getInitialState(), true);
    useScenario.setState(useScenario.getInitialState(), true);
    render(page);
    await line("LoRA");
    await line("QLoRA");
    act(() => changeChoices({ batch: 2 }));
    await waitFor(noLine);
    act(() => undo());
    await line("LoRA");
  });

  test("another press takes it out again, Remove takes the line, too, and Remove all takes all", async () => {
    render(page);
    await paste(madeRow());
    await keep();
    await keep();
    expect(localStorage.length).toBe(0);
    await line();
    await keep();
    await userEvent.click(screen.getByRole("button", { name: "Remove" }));
    expect(localStorage.length).toBe(0);
    noLine();
    expect(document.getElementById("answer")).toHaveFocus();
    await paste(madeRow());
    await keep();
    await paste(madeRow({ at: "2026-11-15T06:00:00Z" }));
    await keep();
    await userEvent.click(screen.getByRole("button", { name: "Remove all 2 kept" }));
    expect(localStorage.length).toBe(0);
    noLine();
    expect(titles()).toEqual([]);
  });

  test("the box says that rows are kept, whatever scenario is open, and removes all", async () => {
    localStorage.setItem(KEPT_KEY, JSON.stringify([madeRow({ link: "?v=1&batch=8" }), "no row at all"]));
    render(page);
    pasteOn(document.body, "no file of anything: [");
    expect(await screen.findByText("2 measured rows are kept in this browser.")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Remove all 2 kept" }));
    expect(screen.getByText("No measured row is kept in this browser any more.")).toHaveFocus();
    expect(localStorage.length).toBe(0);
  });

  test("what another tab keeps or removes is kept or gone here, too", async () => {
    render(page);
    await paste(madeRow());
    localStorage.setItem(KEPT_KEY, JSON.stringify([madeRow()]));
    await keep();
    expect(screen.getByRole("button", { name: "Keep in this browser" })).toHaveAttribute("aria-pressed", "true");
    expect(stored()).toEqual([madeRow()]);
    act(() => useMeasuredRuns.setState({ opened: null }));
    await line();
    localStorage.clear();
    act(() => void dispatchEvent(new StorageEvent("storage", { key: KEPT_KEY })));
    await waitFor(noLine);
    localStorage.setItem(KEPT_KEY, JSON.stringify([madeRow()]));
    act(() => void dispatchEvent(new StorageEvent("storage", { key: KEPT_KEY })));
    await line();
  });

  test("a row that another tab keeps is shown in a page that had none when it was opened", async () => {
    render(page);
    noLine();
    localStorage.setItem(KEPT_KEY, JSON.stringify([madeRow()]));
    act(() => void dispatchEvent(new StorageEvent("storage", { key: KEPT_KEY })));
    await line();
  });

  test("a full or blocked storage gets a sentence, and the line stays", async () => {
    render(page);
    await paste(madeRow());
    const full = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    await keep();
    expect(screen.getByRole("alert")).toHaveTextContent(
      /^This browser keeps no more: its storage is full or blocked\./,
    );
    full.mockRestore();
    await keep();
    expect(screen.queryByRole("alert")).toBeNull();
    vi.spyOn(Storage.prototype, "removeItem").mockImplementation(() => {
      throw new DOMException("blocked", "SecurityError");
    });
    await userEvent.click(screen.getByRole("button", { name: "Remove all (1 kept)" }));
    expect(screen.getByRole("alert")).toHaveTextContent(
      "This browser’s storage is blocked: nothing was changed in it.",
    );
    await line();
  });

  test("what others left under its name, or what is damaged, is passed over", async () => {
    localStorage.setItem(KEPT_KEY, "{ not json");
    render(page);
    await act(() => new Promise((resolve) => setTimeout(resolve, 50)));
    noLine();
    await paste(madeRow());
    await keep();
    expect(stored()).toEqual([madeRow()]);
  });

  test("an embed shows none and keeps none", async () => {
    render(page);
    await paste(madeRow());
    const [measurement] = [useMeasuredRuns.getState().opened];
    act(() => useScenario.setState(({ choices, answer }) => ({ choices: { ...choices, embed: true }, answer })));
    await waitFor(noLine);
    expect(titles()).toEqual([]);
    const { keepRow } = await import("#panels/measured/KeptRows.tsx");
    if (measurement?.kind !== "own") throw new Error("A row was opened.");
    expect(keepRow(measurement)).not.toBeNull();
    expect(localStorage.length).toBe(0);
  });
});

test("it is taken away as the row that came, and contributed by a text that names where to send it", async () => {
  render(page);
  await paste(madeRow());
  const blobs: Blob[] = [];
  vi.stubGlobal(
    "URL",
    Object.assign(URL, {
      createObjectURL: (blob: Blob) => (blobs.push(blob), "blob:x"),
      revokeObjectURL: () => undefined,
    }),
  );
  const names: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function click(this: HTMLAnchorElement) {
    names.push(this.download);
  });
  await userEvent.click(screen.getByRole("button", { name: "Take away as a file" }));
  expect(names).toEqual(["headroom-measured-lora-2026-11-14.json"]);
  expect(JSON.parse(await (blobs[0]?.text() ?? ""))).toEqual(madeRow());
  await userEvent.click(screen.getByRole("button", { name: "Contribute" }));
  const text = screen.getByRole<HTMLTextAreaElement>("textbox", { name: /^Text of an issue/ }).value;
  expect(text).toMatch(/^Measured: LoRA of Llama 3\.1 8B on NVIDIA GeForce RTX 4090\n/);
  expect(text).toContain("| allocated | 18.9 | 18.9 |");
  expect(JSON.parse(/```json\n(.*)\n```/.exec(text)?.[1] ?? "")).toEqual(madeRow());
  expect(screen.getByText(/Nothing is sent from here\./)).toBeVisible();
});
