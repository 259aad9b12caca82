import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Spoken } from "#panels/answer/Verdict.tsx";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  delete document.documentElement.dataset["late"];
  vi.useRealTimers();
});

const pass = (milliseconds: number): void => act(() => void vi.advanceTimersByTime(milliseconds));
const said = (): string => screen.getByRole("status").textContent;

test("what the page opened with is not read aloud, and what follows is, once it stands still", () => {
  const { rerender } = render(<Spoken text="It fits." />);
  pass(2000);
  expect(said()).toBe("");
  rerender(<Spoken text="It is tight." />);
  pass(500);
  rerender(<Spoken text="It does not fit." />);
  pass(500);
  expect(said()).toBe("");
  pass(400);
  expect(said()).toBe("It does not fit.");
});

test("a sentence that is no longer true does not stay until the next one is read", () => {
  const { rerender } = render(<Spoken text="It fits." />);
  rerender(<Spoken text="It is tight." />);
  pass(1000);
  expect(said()).toBe("It is tight.");
  rerender(<Spoken text="It does not fit." />);
  expect(said()).toBe("");
});

test("the sentence that the page opened with is read when it is true again", () => {
  const { rerender } = render(<Spoken text="It fits." />);
  rerender(<Spoken text="It is tight." />);
  pass(1000);
  rerender(<Spoken text="It fits." />);
  pass(1000);
  expect(said()).toBe("It fits.");
});

test("an answer is not read while a newer one is asked and late", () => {
  const { rerender } = render(<Spoken text="It fits." />);
  rerender(<Spoken text="It is tight." />);
  document.documentElement.dataset["late"] = "";
  pass(5000);
  expect(said()).toBe("");
  delete document.documentElement.dataset["late"];
  pass(1000);
  expect(said()).toBe("It is tight.");
});
