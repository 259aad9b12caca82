/**
 * What programs that end in `N passed, N failed` come to together. One that ends otherwise, or with another exit code than its line says, is one failure.
 *
 * @param {readonly Readonly<{ code: number, output: string }>[]} results
 */
export const sumOf = (results) => {
  let passed = 0;
  let failed = 0;
  for (const { code, output } of results) {
    const [, good = "0", bad = "0"] = /(?:^|\n)(\d+) passed, (\d+) failed\s*$/.exec(output) ?? [];
    passed += Number(good);
    failed += Number(bad) === 0 && (code !== 0 || good === "0") ? 1 : Number(bad);
  }
  return { passed, failed };
};
