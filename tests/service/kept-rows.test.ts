import { expect, test } from "vitest";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { keptRows } from "#service/answers/files.ts";
import { madeRow } from "../interop/measured/made-row.ts";

test("rows that were kept are read with the whole catalog, whatever rows are here, and what is none is null", async () => {
  const link = "?v=1&model=granite-3.3-8b&batch=2";
  const [read, none] = await keptRows({ values: [madeRow({ link }), "nothing"] }, POPULAR_CATALOG);
  expect(read?.choices).toMatchObject({ batch: 2 });
  expect(none).toBeNull();
});
