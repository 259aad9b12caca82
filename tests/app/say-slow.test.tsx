import { act, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { watchSlowAnswers } from "#app/notices.tsx";
import { changeChoices, redo } from "#scenario/page/actions.ts";
import { replaceEngine } from "#scenario/page/engine.ts";
import { openLink } from "#scenario/page/open-link.ts";
import { useScenario } from "#scenario/page/store.ts";
import { hereService } from "../here-service.ts";
import { type WaitingService, waitingService } from "../scenario/waiting-service.ts";

/** jsdom shows no popover. */
const HIDDEN = { hidden: true } as const;
const LARGE = "This scenario is large: its answer takes a while.";

let waiting: WaitingService["waiting"] = [];
const state = () => useScenario.getState();
const notice = (): HTMLElement | null => screen.queryByRole("status", HIDDEN);
const pass = (milliseconds: number): Promise<unknown> => act(() => vi.advanceTimersByTimeAsync(milliseconds));
const press = (name: string): Promise<unknown> =>
  act(async () => screen.getByRole("button", { name, ...HIDDEN }).click());

beforeAll(watchSlowAnswers);
beforeEach(() => {
  vi.useFakeTimers();
  useScenario.setState(useScenario.getInitialState(), true);
  const slow = waitingService();
  ({ waiting } = slow);
  replaceEngine(slow.service);
});
afterEach(() => {
  vi.useRealTimers();
  replaceEngine(hereService);
});

test("an answer that takes longer than two seconds is said to, until it is here", async () => {
  changeChoices({ r: 32 });
  await pass(1990);
  expect(notice()).not.toBeInTheDocument();
  await pass(20);
  expect(notice()).toHaveTextContent(LARGE);
  const { answer } = state();
  act(() => waiting[0]?.answer({ given: answer as never }));
  await pass(10);
  expect(notice()).not.toBeInTheDocument();
});

test("Stop keeps the last answer and the choices that it is of, asks nothing more, and Redo makes the change again", async () => {
  const { answer, choices } = state();
  changeChoices({ r: 32 });
  await pass(2010);
  await press("Stop");
  await pass(10);
  expect(waiting.map(({ isDropped }) => isDropped())).toEqual([true]);
  expect(state()).toMatchObject({ answer, choices });
  expect(notice()).toHaveTextContent("Stopped: the last change is taken back.");
  await press("Dismiss");
  expect(notice()).not.toBeInTheDocument();
  redo();
  expect(state().choices.r).toBe(32);
  expect(waiting).toHaveLength(2);
});

test("Stop of a link leaves the scenario that is shown", async () => {
  const { choices } = state();
  const opened = openLink("?v=1&r=8");
  await pass(2010);
  await press("Stop");
  expect(await opened).toBeNull();
  expect(state().choices).toBe(choices);
  await pass(10);
  expect(notice()).toHaveTextContent("Stopped: this is the scenario before.");
  await press("Dismiss");
});

test("an embed whose first link is stopped stays an embed, and says that the link is not opened", async () => {
  const { dataset } = document.documentElement;
  Object.assign(dataset, { embed: "", answer: "other" });
  const opened = openLink("?v=1&r=8&embed=1");
  await pass(2010);
  await press("Stop");
  expect(await opened).toBeNull();
  expect(state().choices.embed).toBe(true);
  expect(state().answer?.choices).toBe(state().choices);
  await pass(10);
  expect(notice()).toHaveTextContent("Stopped: the link is not opened, and this is another scenario.");
  await press("Dismiss");
  delete dataset["embed"];
  delete dataset["answer"];
});
