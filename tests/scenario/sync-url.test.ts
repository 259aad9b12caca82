import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { changeChoices, redo, undo } from "#scenario/page/actions.ts";
import { replaceEngine } from "#scenario/page/engine.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import { syncUrl } from "#scenario/page/page-address.ts";
import { hereService } from "../here-service.ts";
import { waitingService } from "./waiting-service.ts";

// @vitest-environment jsdom

replaceEngine(hereService);

let end: () => void = () => undefined;
const start = (search: string, isOpened?: boolean): void => {
  history.replaceState(null, "", `/calculator/${search}`);
  end = syncUrl(undefined, isOpened);
};
/** Goes through the history, until the choices of the entry are here. */
const gone = async (go: () => void): Promise<void> => {
  const arrived = new Promise((resolve) => addEventListener("popstate", resolve, { once: true }));
  go();
  await vi.advanceTimersByTimeAsync(300);
  await arrived;
  await vi.advanceTimersByTimeAsync(300);
};
/** Longer than the address may lag behind. */
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(300);

beforeEach(() => {
  vi.useFakeTimers();
  useScenario.setState({ choices: DEFAULT_CHOICES, issues: [], catalog: POPULAR_CATALOG, past: [], future: [] });
});
afterEach(() => {
  end();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("the address", () => {
  it("stays bare until something is chosen", async () => {
    start("");
    await settle();
    expect(location.search).toBe("");
  });

  it("is repaired where the link was not canonical, and keeps its anchor", () => {
    start("?r=16&foo=1#answer");
    expect(location.search + location.hash).toBe("?v=1#answer");
  });

  it("keeps a link that could not be opened: loaded anew, it may be", async () => {
    start("?v=1&r=32&gpu=h100-sxm", false);
    await settle();
    expect(location.search).toBe("?v=1&r=32&gpu=h100-sxm");
    changeChoices({ r: 8 });
    expect(location.search).toBe("?v=1&r=8");
  });

  it("follows a single change at once", () => {
    start("?v=1");
    changeChoices({ r: 32 });
    expect(location.search).toBe("?v=1&r=32");
    changeChoices({ method: "qlora" });
    expect(location.search).toBe("?v=1&method=qlora&r=32");
  });

  it("follows a drag at its beginning and its end, not at every step", async () => {
    start("?v=1");
    const replace = vi.spyOn(history, "replaceState");
    const push = vi.spyOn(history, "pushState");
    for (let r = 17; r <= 116; r += 1) {
      changeChoices({ r });
      await vi.advanceTimersByTimeAsync(16);
    }
    await settle();
    expect(location.search).toBe("?v=1&r=116");
    expect(push).toHaveBeenCalledOnce();
    expect(replace).toHaveBeenCalledOnce();
  });

  it("takes a change 250 ms after the last for a single one", async () => {
    start("?v=1");
    changeChoices({ r: 32 });
    await vi.advanceTimersByTimeAsync(249);
    changeChoices({ r: 33 });
    expect(location.search).toBe("?v=1&r=32");
    await vi.advanceTimersByTimeAsync(250);
    changeChoices({ r: 34 });
    expect(location.search).toBe("?v=1&r=34");
  });

  it("follows a drag that goes on after another act from its own last step on", async () => {
    start("?v=1");
    for (const r of [17, 18]) changeChoices({ r });
    await vi.advanceTimersByTimeAsync(100);
    changeChoices({ method: "full" });
    expect(location.search).toBe("?v=1&method=full&r=18");
    await vi.advanceTimersByTimeAsync(50);
    for (const batch of [2, 3]) changeChoices({ batch });
    expect(location.search).toBe("?v=1&method=full&r=18&batch=2");
    await vi.advanceTimersByTimeAsync(249);
    expect(location.search).toBe("?v=1&method=full&r=18&batch=2");
    await vi.advanceTimersByTimeAsync(1);
    expect(location.search).toBe("?v=1&method=full&r=18&batch=3");
  });

  it("that was gone to while the page was starting is followed", async () => {
    history.replaceState(null, "", "/calculator/?v=1&r=64");
    end = syncUrl("?v=1");
    await settle();
    expect(useScenario.getState().choices.r).toBe(64);
    expect(location.search).toBe("?v=1&r=64");
  });

  it("that back has brought is not written over while its choices are on their way", async () => {
    start("?v=1");
    for (const r of [17, 18]) changeChoices({ r });
    replaceEngine(waitingService().service);
    history.replaceState(null, "", "?v=1&batch=2");
    dispatchEvent(new PopStateEvent("popstate"));
    await settle();
    replaceEngine(hereService);
    expect(location.search).toBe("?v=1&batch=2");
  });

  it("is left alone in the end, whatever was on its way", async () => {
    start("?v=1");
    for (const r of [17, 18]) changeChoices({ r });
    end();
    await settle();
    changeChoices({ r: 64 });
    await settle();
    expect(location.search).toBe("?v=1&r=17");
  });

  it("waits while a slider is held, and follows when it is let go, by pointer or by key", () => {
    start("?v=1");
    for (const [taken, letGo] of [
      ["pointerdown", "pointerup"],
      ["keydown", "keyup"],
      ["pointerdown", "change"],
    ] as const) {
      const before = location.search;
      dispatchEvent(new Event(taken));
      changeChoices({ r: useScenario.getState().choices.r + 1 });
      expect(location.search).toBe(before);
      dispatchEvent(new Event(letGo));
      expect(location.search).toBe(`?v=1&r=${useScenario.getState().choices.r}`);
    }
  });

  it("has what a held slider was moved to before another key goes down: it may be the one that reloads the page", () => {
    start("?v=1");
    dispatchEvent(new Event("pointerdown"));
    changeChoices({ r: 17 });
    changeChoices({ r: 18 });
    expect(location.search).toBe("?v=1");
    dispatchEvent(new KeyboardEvent("keydown", { key: "F5" }));
    expect(location.search).toBe("?v=1&r=18");
    changeChoices({ r: 19 });
    dispatchEvent(new KeyboardEvent("keydown", { key: "F5", repeat: true }));
    expect(location.search).toBe("?v=1&r=18");
  });

  it("waits for a hand that no one above its control hears of", () => {
    start("?v=1");
    const control = document.body.appendChild(document.createElement("button"));
    control.addEventListener("pointerdown", (event) => event.stopPropagation());
    control.dispatchEvent(new Event("pointerdown", { bubbles: true }));
    changeChoices({ r: 17 });
    expect(location.search).toBe("?v=1");
    control.remove();
  });

  it("gets an entry for each step, a drag one for all of it; back and forward take it back and again", async () => {
    start("?v=1");
    const before = history.length;
    dispatchEvent(new Event("pointerdown"));
    for (const r of [20, 26, 32]) {
      changeChoices({ r });
      // Longer than a pause between two steps: the hand has not let go.
      await vi.advanceTimersByTimeAsync(700);
    }
    dispatchEvent(new Event("pointerup"));
    changeChoices({ model: { kind: "catalog", id: "qwen2.5-7b" } });
    await settle();
    changeChoices({ batch: 2 });
    await settle();
    expect(history.length).toBe(before + 3);
    expect(location.search).toBe("?v=1&model=qwen2.5-7b&r=32&batch=2");
    const { choices } = useScenario.getState();

    await gone(() => history.go(-2));
    expect(location.search).toBe("?v=1&r=32");
    expect(useScenario.getState().choices).toEqual({ ...DEFAULT_CHOICES, r: 32 });
    await gone(() => history.back());
    expect(useScenario.getState()).toMatchObject({ choices: DEFAULT_CHOICES });
    await gone(() => history.go(3));
    expect(useScenario.getState().choices).toEqual(choices);
  });

  it("that back brings is a step back: it can be taken again by redo, and what was undone by back", async () => {
    start("");
    changeChoices({ r: 32 });
    changeChoices({ batch: 2 });
    await gone(() => history.back());
    expect(useScenario.getState()).toMatchObject({ choices: { r: 32, batch: 1 }, past: [DEFAULT_CHOICES] });
    redo();
    expect(location.search).toBe("?v=1&r=32&batch=2");
    undo();
    expect(location.search).toBe("?v=1&r=32");
    // What was there before the undo.
    await gone(() => history.back());
    expect(useScenario.getState()).toMatchObject({ choices: { r: 32, batch: 2 }, future: [] });
  });

  it("gets one entry for a whole drag of the model's size", async () => {
    start("?v=1");
    const push = vi.spyOn(history, "pushState");
    for (let params = 1e9; params <= 7e9; params += 1e9) {
      changeChoices({ model: { kind: "size", params } });
      await settle();
    }
    expect(push).toHaveBeenCalledOnce();
    expect(location.search).toBe("?v=1&model=custom&params=7B");
  });

  it("gets no new entry in an embedded page, where back belongs to the page around it", async () => {
    start("?v=1&embed=1");
    useScenario.setState({ choices: { ...DEFAULT_CHOICES, embed: true } });
    const push = vi.spyOn(history, "pushState");
    changeChoices({ method: "full" });
    await settle();
    expect(push).not.toHaveBeenCalled();
    expect(location.search).toBe("?v=1&method=full&embed=1");
  });

  it("that may not be written leaves the page as it is", async () => {
    start("?v=1");
    const refused = vi.spyOn(history, "pushState").mockImplementation(() => {
      throw new DOMException("refused", "SecurityError");
    });
    changeChoices({ r: 8 });
    await settle();
    expect(useScenario.getState().choices.r).toBe(8);
    expect(location.search).toBe("?v=1");
    refused.mockRestore();
    changeChoices({ batch: 2 });
    expect(location.search).toBe("?v=1&r=8&batch=2");
  });

  it("is written at once when the page is left", () => {
    start("?v=1");
    for (const r of [8, 9]) changeChoices({ r });
    expect(location.search).toBe("?v=1&r=8");
    dispatchEvent(new Event("pagehide"));
    expect(location.search).toBe("?v=1&r=9");
  });

  it("that changes in its anchor alone brings nothing back", async () => {
    start("?v=1");
    changeChoices({ r: 8 });
    dispatchEvent(new PopStateEvent("popstate"));
    await settle();
    expect(useScenario.getState().choices.r).toBe(8);
    expect(location.search).toBe("?v=1&r=8");
  });
});
