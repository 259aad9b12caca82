import fc from "fast-check";
import { expect } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-model.ts";
import { changedFields } from "#scenario/choices/settle.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { effectiveChoices } from "#scenario/choices/effective-choices.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { tried } from "../tried.ts";
import { variedLink } from "./varied-links.ts";

tried("what the rules leave they leave again", { quick: 100, thorough: 3000 }, (runs) =>
  fc.assert(
    fc.property(variedLink, (link) => {
      const { value: choices } = decodeLink(link, FULL_CATALOG);
      const architecture = chosenArchitecture(choices, FULL_CATALOG);
      for (const method of choices.show) {
        const held = effectiveChoices(choices, { architecture, method });
        const again = effectiveChoices(held, { architecture, method });
        expect(
          changedFields(held, again).map((key) => `${key} ${JSON.stringify([held[key], again[key]])}`),
          `${method} ${encodeLink(choices)}`,
        ).toEqual([]);
      }
    }),
    runs,
  ),
);
