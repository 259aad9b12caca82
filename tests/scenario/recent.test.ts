import { act, renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { addRecent, useRecent } from "#scenario/page/store.ts";

// @vitest-environment jsdom

test("what was chosen lately is listed newest first, once, four at most, each list for itself", () => {
  const models = renderHook(() => useRecent("model")).result;
  const gpus = renderHook(() => useRecent("gpu")).result;
  expect(models.current).toEqual([]);
  act(() => ["a", "b", "c", "d", "e", "c"].forEach((id) => addRecent("model", id)));
  expect(models.current).toEqual(["c", "e", "d", "b"]);
  expect(gpus.current).toEqual([]);
  act(() => addRecent("gpu", "t4"));
  expect(gpus.current).toEqual(["t4"]);
});
