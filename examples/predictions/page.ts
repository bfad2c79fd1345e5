/**
 * The page at `/`: what the service does and how to ask it.
 *
 * @module
 */

import { features } from "./diabetes.ts";

/** One person of the data set, as a request body. */
export const sampleBody = "[59,2,32.1,101,157,93.2,38,4,4.8598,87]";

/** How to ask the service at `url` from a shell. */
export function curlLine(url: string): string {
  return `curl ${url}optimized_predict -H 'content-type: application/json' -d '${sampleBody}'`;
}

/** The page. */
export const page: string = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Diabetes progression</title>
<style>body { font: 1rem/1.5 system-ui; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }</style>
<h1>Diabetes progression</h1>
<p>Sixteen small networks, trained on 442 people, say from ten measurements how far
a person's diabetes will have progressed in a year, and how much they disagree.</p>
<ul>
<li><code>POST /predict</code> asks the model once per request.
<li><code>POST /optimized_predict</code> gives the same answer, but requests that
come at about the same time share a call of the model.
<li><code>POST /echo</code> checks the body and gives it back: as fast as it can get.
</ul>
<p>The body is a JSON array of ten numbers: ${
  features.join(", ")
}. The answer is
<code>{ "mean": number, "std": number }</code>.</p>
<p>All of it is <a href="docs">documented</a>, and <a href="metrics">measured</a>.</p>
<p><button>Ask /optimized_predict</button> <code id="said"></code></p>
<script>
document.querySelector("button").onclick = async () => {
  const answer = await fetch("/optimized_predict", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "${sampleBody}",
  });
  document.querySelector("#said").textContent = await answer.text();
};
</script>
</html>
`;
