// Writes the search index: reads records as JSON from standard input and gives them to Pagefind.
// A record: { url, html }; the HTML has a title, weights and, in data-pagefind-meta, what a result shows.
import { readFileSync } from "node:fs";
import { close, createIndex } from "pagefind";

const { index, errors } = await createIndex({ forceLanguage: "en", keepIndexUrl: true });
if (errors.length) throw new Error(errors.join("\n"));
const said = await Promise.all(
  JSON.parse(readFileSync(0, "utf-8")).map(({ url, html }) => index.addHTMLFile({ url, content: html })),
);
const wrong = said.flatMap((one) => one.errors);
if (wrong.length) throw new Error(wrong.join("\n"));
await index.writeFiles({ outputPath: process.argv[2] });
await close();
