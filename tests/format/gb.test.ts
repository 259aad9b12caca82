import { expect, test } from "vitest";
import { formatGb } from "#format/bytes.ts";

test.each([
  [0, "0.0"],
  [81_920_000_000, "81.9"],
  [99_949_000_000, "99.9"],
  [99_950_000_000, "100"],
  [1_500_000_000_000, "1,500"],
  [-1_500_000_000, "1.5"],
])("%d bytes are %s GB, without a sign", (bytes, text) => expect(formatGb(bytes)).toBe(text));
