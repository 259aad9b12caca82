import { beforeEach, describe, expect, it, vi } from "vitest";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { changeChoices, dismissIssues, ensureFullCatalog, redo, undo } from "#scenario/page/actions.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { openLink } from "#scenario/page/open-link.ts";
import { useScenario } from "#scenario/page/store.ts";
import { replaceEngine } from "#scenario/page/engine.ts";
import { hereService } from "../../here-service.ts";
import { waitingService } from "../waiting-service.ts";

// @vitest-environment jsdom

replaceEngine(hereService);

const state = () => useScenario.getState();

beforeEach(() => {
  vi.useRealTimers();
  useScenario.setState({ choices: DEFAULT_CHOICES, issues: [], catalog: POPULAR_CATALOG, past: [], future: [] });
});

describe("a change", () => {
  it("can be undone, step by step, down to where it began", () => {
    changeChoices({ r: 32 });
    changeChoices({ batch: 4 });
    expect(state().choices).toMatchObject({ r: 32, batch: 4 });
    undo();
    expect(state().choices).toMatchObject({ r: 32, batch: 1 });
    undo();
    undo();
    expect(state().choices).toBe(DEFAULT_CHOICES);
  });

  it("that was undone can be taken again, until there is another", () => {
    changeChoices({ r: 32 });
    changeChoices({ batch: 4 });
    undo();
    undo();
    redo();
    expect(state().choices).toMatchObject({ r: 32, batch: 1 });
    redo();
    expect(state().choices).toMatchObject({ r: 32, batch: 4 });
    redo();
    expect(state()).toMatchObject({ choices: { r: 32, batch: 4 }, future: [] });
    undo();
    changeChoices({ seq: 512 });
    redo();
    expect(state().choices).toMatchObject({ r: 32, batch: 1, seq: 512 });
    undo();
    undo();
    undo();
    expect(state().choices).toBe(DEFAULT_CHOICES);
  });

  it("of nothing is none", () => {
    changeChoices({ r: 16, show: ["full", "lora", "qlora"], model: { kind: "catalog", id: "llama-3.1-8b" } });
    expect(state().choices).toBe(DEFAULT_CHOICES);
    expect(state().past).toEqual([]);
  });

  it("within a drag is part of one step, and a drag after an undo is a step of its own", () => {
    for (const r of [17, 18, 19]) changeChoices({ r });
    expect(state().past).toHaveLength(1);
    undo();
    expect(state().choices.r).toBe(16);
    changeChoices({ r: 20 });
    expect(state().past).toEqual([DEFAULT_CHOICES]);
  });

  it("of the focus away from QLoRA takes the base's quantisation back to what links without it mean", () => {
    changeChoices({ method: "qlora", quant: "int8" });
    expect(state().choices.quant).toBe("int8");
    changeChoices({ method: "lora" });
    expect(state().choices.quant).toBe("nf4");
  });
});

describe("opening a link", () => {
  it("takes over its choices and keeps what was wrong with it until dismissed", async () => {
    await openLink("?v=1&r=5000&batch=4");
    expect(state().choices).toMatchObject({ r: 1024, batch: 4 });
    expect(state().issues).toHaveLength(1);
    dismissIssues();
    expect(state().issues).toEqual([]);
  });

  it("stays with the popular rows when it needs no other", async () => {
    await openLink("?v=1&model=llama-3.1-8b");
    expect(state().catalog.complete).toBe(false);
  });

  it("brings in the full catalog when it names a model that is not popular", async () => {
    await openLink("?v=1&model=llama-1-65b");
    expect(state().choices.model).toEqual({ kind: "catalog", id: "llama-1-65b" });
    expect(state().issues).toEqual([]);
    await vi.waitFor(() => expect(state().catalog.complete).toBe(true));
  });

  it("says why, where nothing could be made of it", async () => {
    const { waiting, service } = waitingService();
    replaceEngine(service);
    const opened = openLink("?v=1&r=8");
    waiting[0]?.answer({ failed: "It broke." });
    await expect(opened).resolves.toBeNull();
    replaceEngine(hereService);
    expect(state()).toMatchObject({ unanswered: "It broke.", choices: DEFAULT_CHOICES });
  });

  it("that was opened last wins, however long the first takes", async () => {
    const [first, last] = await Promise.all([openLink("?v=1&model=llama-1-65b"), openLink("?v=1&r=8")]);
    expect(first).toBeNull();
    expect(last).toBe(state().choices);
    expect(state().choices).toEqual({ ...DEFAULT_CHOICES, r: 8 });
  });
});

it("the full catalog is brought in once", async () => {
  await ensureFullCatalog();
  const { catalog } = state();
  await ensureFullCatalog();
  expect(state().catalog).toBe(catalog);
});
