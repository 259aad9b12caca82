import fc from "fast-check";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { architecture } from "#scenario/keys/codec/architecture.ts";

const texts = Object.values(FULL_CATALOG.models).map((row) => architecture.encode(row.architecture));

/** What a link spells a real architecture with, some of its parts dropped or given another number. */
export const mutatedArchitecture: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom("drop", "0", "1", "3", "7", "1000", "99999999")), { maxLength: 4 }),
  )
  .map(([text, changes]) => {
    const parts = text.split(".");
    for (const [at, what] of changes) {
      const index = 1 + (at % (parts.length - 1));
      if (what === "drop") parts.splice(index, 1);
      else parts[index] = (parts[index] ?? "").replace(/\d+$/, what);
    }
    return parts.join(".");
  });
