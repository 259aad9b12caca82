import { beforeEach, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { askTogether } from "#scenario/page/questions.ts";
import { replaceEngine } from "#scenario/page/engine.ts";
import { useScenario } from "#scenario/page/store.ts";
import { type WaitingService, waitingService } from "./waiting-service.ts";

let waiting: WaitingService["waiting"] = [];

beforeEach(() => {
  const slow = waitingService();
  ({ waiting } = slow);
  replaceEngine(slow.service);
  useScenario.setState(useScenario.getInitialState(), true);
});

const question = () => ({ choices: DEFAULT_CHOICES });
const GIVEN = { given: "advice" as never };

/** Asks, and keeps what was taken. */
const asking = (asked: ReturnType<typeof question>) => {
  const taken: unknown[] = [];
  return { taken, stop: askTogether("advice", asked, (outcome) => taken.push(outcome)) };
};

test("one object is asked once; all who wait have the answer, and who comes later has it at once", () => {
  const asked = question();
  const [one, other] = [asking(asked), asking(asked)];
  expect(waiting).toHaveLength(1);
  waiting[0]?.answer(GIVEN);
  const later = asking(asked);
  expect([one.taken, other.taken, later.taken]).toEqual([[GIVEN], [GIVEN], [GIVEN]]);
  expect(waiting).toHaveLength(1);
});

test("another object is another question, even if it says the same", () => {
  asking(question());
  asking(question());
  expect(waiting).toHaveLength(2);
});

test("the engine gives up when the last one has gone, and not before", () => {
  const asked = question();
  const [one, other] = [asking(asked), asking(asked)];
  one.stop();
  one.stop();
  expect(waiting[0]?.isDropped()).toBe(false);
  other.stop();
  expect(waiting[0]?.isDropped()).toBe(true);
  asking(asked);
  expect(waiting).toHaveLength(2);
});

test("who has gone takes nothing", () => {
  const asked = question();
  const [one, other] = [asking(asked), asking(asked)];
  one.stop();
  waiting[0]?.answer(GIVEN);
  expect([one.taken, other.taken]).toEqual([[], [GIVEN]]);
});

test("with the rows of the whole catalog it is another question", () => {
  const asked = question();
  const before = asking(asked);
  useScenario.setState({ catalog: FULL_CATALOG });
  asking(asked);
  expect(waiting).toHaveLength(2);
  before.stop();
  asking(asked);
  expect(waiting).toHaveLength(2);
});

test("what could not be answered may be asked again", () => {
  const asked = question();
  asking(asked);
  waiting[0]?.answer({ failed: "It broke." });
  expect(asking(asked).taken).toEqual([]);
  expect(waiting).toHaveLength(2);
});
