import { expect, test } from "vitest";
import { lateFrees } from "#calc/step/late-frees.ts";
import { STREAMS, type Stream } from "#calc/tape/ledger/ledger.ts";

const UNITS = ["a", "b", "c", "d"];

/** A storage by its letter: units a to d, each with another name; their gradients A to D, copies of their shards p to s, and an activation x. */
const NAMES = [...UNITS, ...UNITS.map((unit) => `${unit}'`), "A", "B", "C", "D", "p", "q", "r", "s", "x"];

const streamOf = (name: string): Stream => {
  if (/^[a-d]/.test(name)) return "gather";
  return /^[p-s]/.test(name) ? "cast" : "compute";
};

const numberOf = (name: string): number => NAMES.indexOf(name);

const RECORDED = {
  streams: Uint8Array.from(NAMES, (name) => STREAMS.indexOf(streamOf(name))),
  recorded: Uint8Array.from(NAMES, (name) => Number(name !== "x")),
  storages: NAMES.length,
  otherOf: (storage: number) => numberOf(`${NAMES[storage]}'`),
};

/** Events in letters: `+a` is allocated, `-a` freed, `~a` freed while it is used, `.a` done with. */
const late = (events: string): string => {
  const asked = events
    .split(" ")
    .map((event) => (event.startsWith("-") ? ~numberOf(event.slice(1)) : numberOf(event.slice(1))));
  const waiting = new Set<number>();
  const wordOf = (event: number): string => {
    if (event >= NAMES.length) {
      waiting.add(event - NAMES.length);
      return `~${NAMES[event - NAMES.length]}`;
    }
    if (event >= 0) return `+${NAMES[event]}`;
    return `${waiting.delete(~event) ? "." : "-"}${NAMES[~event]}`;
  };
  const words = Array.from(lateFrees(Int32Array.from(asked), RECORDED), wordOf);
  expect(waiting.size).toBe(0);
  return words.join(" ");
};

test("what no other stream uses is free when its owner frees it", () => {
  expect(late("+x -x +x")).toBe("+x -x +x");
});

test("a unit is gathered while at most two that were freed are in use: for the oldest of them it waits", () => {
  expect(late("+a -a +b -b +c -c +d -d")).toBe("+a ~a +b ~b .a +c ~c .b +d ~d .c .d");
});

test("the copy of a shard is done with when its unit is", () => {
  expect(late("+p +a -p +x -x -a +b -b +c")).toBe("+p +a ~p +x -x ~a +b ~b .p .a +c .b");
});

test("a gradient that is reduced is done with when the unit after its own is", () => {
  expect(late("+a +A -a -A +b -b +c -c +d")).toBe("+a +A ~a ~A +b ~b .a +c ~c .A .b +d .c");
});

test("a unit that is gathered again before it is free has another block, and frees that one", () => {
  expect(late("+a -a +b -b +b -b")).toBe("+a ~a +b ~b .a +b' ~b' .b .b'");
});
