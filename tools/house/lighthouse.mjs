// npm run lighthouse: the built page and the embed under Lighthouse's mobile preset, medians of three runs, and the page with everything open as it stands. Exit 1 when
// one is below its goal. Lighthouse has a lock file of its own in tools/lighthouse, and is installed the first time that this runs.
import { readCommandLine } from "./command-line.mjs";
import { lookAtPages } from "./lighthouse-pages.mjs";

readCommandLine(`Usage: npm run lighthouse

The built page and the embed under Lighthouse's mobile preset, medians of three runs, and the page with everything open as it stands. Ends with 0, or 1 when one is
below its goal.`);

const pages = await lookAtPages();
for (const { name, how, figures, imperfect, scores } of pages) {
  console.log(`${name}: ${how}`);
  for (const { id, values } of figures) {
    const digits = id === "cumulative-layout-shift" ? 3 : 0;
    console.log(`  ${id.padEnd(26)} ${values.map((value) => value.toFixed(digits)).join("  ")}`);
  }
  for (const line of imperfect) console.log(`  below 90: ${line}`);
  console.log(`  ${scores.map(({ category, score, goal }) => `${category} ${score} (goal ${goal})`).join(" · ")}`);
}
process.exit(pages.some(({ scores }) => scores.some(({ score, goal }) => score < goal)) ? 1 : 0);
