import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { changeChoices, dismissIssues, replaceChoices } from "#scenario/page/actions.ts";
import { replaceEngine, followChoices } from "#scenario/page/engine.ts";
import { useScenario } from "#scenario/page/store.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { type WaitingService, waitingService } from "./waiting-service.ts";

// @vitest-environment jsdom

let waiting: WaitingService["waiting"] = [];
const changed = vi.fn<() => void>();
let end = (): void => undefined;

/** An answer of which only the name is looked at. */
const named = (name: string) => ({ name }) as never;
const state = () => useScenario.getState();
const isLate = (): boolean => "late" in document.documentElement.dataset;

beforeEach(() => {
  vi.useFakeTimers();
  const slow = waitingService();
  ({ waiting } = slow);
  replaceEngine(slow.service);
  changed.mockClear();
  useScenario.setState(useScenario.getInitialState(), true);
  end = followChoices(changed);
});
afterEach(() => {
  end();
  vi.useRealTimers();
});

test("the last answer stays until the one to the new choices is here, which then is to these very choices", () => {
  changeChoices({ r: 32 });
  waiting[0]?.answer({ given: named("of rank 32") });
  expect(state().answer).toEqual({ name: "of rank 32", choices: state().choices });
  changeChoices({ r: 64 });
  expect(state().answer).toMatchObject({ name: "of rank 32", choices: { r: 32 } });
  waiting[1]?.answer({ given: named("of rank 64") });
  expect(state().answer).toMatchObject({ name: "of rank 64", choices: { r: 64 } });
  expect(waiting).toHaveLength(2);
});

test("an answer that comes when the choices are others again is never shown", () => {
  changeChoices({ r: 32 });
  changeChoices({ r: 64 });
  expect(waiting.map(({ isDropped }) => isDropped())).toEqual([true, false]);
  waiting[0]?.answer({ given: named("of rank 32") });
  expect(state().answer).toBeNull();
});

test("a link that brings its answer along asks nothing, and gives up what was asked before", () => {
  changeChoices({ r: 32 });
  const choices = { ...DEFAULT_CHOICES, r: 8 };
  replaceChoices({ choices, pinned: [], issues: [], answer: { choices } as PageAnswer });
  expect(waiting.map(({ isDropped }) => isDropped())).toEqual([true]);
  vi.advanceTimersByTime(1000);
  expect(isLate()).toBe(false);
});

test("with other rows of the catalog the same choices are asked about once more", () => {
  changeChoices({ r: 32 });
  waiting[0]?.answer({ given: named("of the popular rows") });
  useScenario.setState({ catalog: FULL_CATALOG });
  expect(waiting).toHaveLength(2);
});

test("what does not change the answer asks nothing, and is no change", () => {
  dismissIssues();
  useScenario.setState({ pinned: [DEFAULT_CHOICES] });
  expect(waiting).toHaveLength(0);
  expect(changed).not.toHaveBeenCalled();
});

test("a change is told of before it is asked about", () => {
  changed.mockImplementationOnce(() => expect(waiting).toHaveLength(0));
  changeChoices({ r: 32 });
  expect(changed).toHaveBeenCalledOnce();
  expect(waiting).toHaveLength(1);
});

test("what is shown is late 250 ms after the first change without an answer, until there is one", () => {
  changeChoices({ r: 32 });
  vi.advanceTimersByTime(200);
  changeChoices({ r: 64 });
  vi.advanceTimersByTime(49);
  expect(isLate()).toBe(false);
  vi.advanceTimersByTime(1);
  expect(isLate()).toBe(true);
  waiting[1]?.answer({ given: named("of rank 64") });
  expect(isLate()).toBe(false);
  vi.advanceTimersByTime(1000);
  expect(isLate()).toBe(false);
  changeChoices({ r: 16 });
  vi.advanceTimersByTime(250);
  expect(isLate()).toBe(true);
});

test("why there is no answer is kept until there is one", () => {
  changeChoices({ r: 32 });
  waiting[0]?.answer({ failed: "It broke." });
  expect(state()).toMatchObject({ unanswered: "It broke.", answer: null });
  changeChoices({ r: 64 });
  waiting[1]?.answer({ given: named("of rank 64") });
  expect(state().unanswered).toBeNull();
});

test("once ended, it asks nothing more, shows nothing more and is not late", () => {
  changeChoices({ r: 32 });
  end();
  expect(waiting[0]?.isDropped()).toBe(true);
  changeChoices({ r: 64 });
  vi.advanceTimersByTime(1000);
  expect(waiting).toHaveLength(1);
  expect(isLate()).toBe(false);
});
