import { expect, test } from "vitest";
import { createDevice } from "#calc/run/device-memory.ts";

test("a device allocates nothing below nothing", () => {
  const device = createDevice();
  expect(device.allocate("batch", 0).bytes).toBe(0);
  expect(() => device.allocateBlocks("KV cache", -512)).toThrow(/KV cache takes no less than nothing/);
  expect(() => device.allocate("batch", -1024)).toThrow(/batch takes no less than nothing/);
});
