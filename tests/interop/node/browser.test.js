// The service as a page in a browser sees it: @connectrpc/connect-web by gRPC-Web, and fetch, in Chromium, on a page of another origin.
import { before, suite, test } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { folder, startScoringServer, undoing } from "./process.js";
import { fresh, patience } from "./service.js";
import { describe } from "./types.js";

const scoringService = "scoring.v1.ScoringService";

const undo = undoing();

// The page, an origin that may not call, and where the server listens.
let page, stranger, scoring;

before(async () => {
  const script = await build({
    entryPoints: [fileURLToPath(new URL("browser/page.js", import.meta.url))],
    bundle: true,
    format: "iife",
    write: false,
  });
  const files = {
    "/": ["text/html", "<!doctype html><title>Scoring</title><script src='/page.js'></script>"],
    "/page.js": ["text/javascript", script.outputFiles[0].contents],
    "/types.binpb": ["application/octet-stream", describe()],
  };
  const origin = await serve(files);
  const server = await startScoringServer(undo, "--HttpEndpoint=127.0.0.1:0", "--CompressResponses=true", `--CorsOrigins=${origin}`);
  scoring = server.ports.http;
  const browser = await chromium.launchPersistentContext(folder(undo), {
    executablePath: "/usr/bin/chromium",
    headless: true,
    chromiumSandbox: false,
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  undo(() => browser.close());
  browser.setDefaultTimeout(patience);
  page = await open(browser, origin);
  stranger = await open(browser, await serve(files));
});

suite("Browser: gRPC-Web", () => {
  test("Events are recorded and scored", async () => {
    const customerId = fresh("customer ä");

    const score = await page.evaluate(
      async ({ scoring, scoringService, customerId }) => {
        const client = await rpc.client(scoringService, scoring);
        const recorded = await client.recordEvents({ events: [{ customerId, type: "session_started" }, {}] });
        const score = await client.getScore({ customerId });
        return { customerId: score.customerId, rejected: recorded.rejections.length };
      },
      { scoring, scoringService, customerId },
    );

    assert.deepEqual(score, { customerId, rejected: 1 });
  });

  test("An error has its code, message and details", async () => {
    const customerId = fresh("unknown 50% 顧客");

    const [unknown, bad] = await page.evaluate(
      async ({ scoring, scoringService, customerId }) => {
        const client = await rpc.client(scoringService, scoring);
        return [
          await rpc.failure(() => client.getScore({ customerId })),
          await rpc.failure(() => client.recordEvent({ event: { type: "session_started" } })),
        ];
      },
      { scoring, scoringService, customerId },
    );

    assert.equal(unknown.code, "NotFound");
    assert.ok(unknown.message.includes(customerId), unknown.message);
    assert.equal(unknown.details["google.rpc.ErrorInfo"][0].reason, "CUSTOMER_NOT_FOUND");
    assert.equal(bad.code, "InvalidArgument");
    assert.equal(bad.details["google.rpc.BadRequest"][0].fieldViolations[0].field, "event.customer_id");
  });

  test("A stream of the service is read, and left", async () => {
    const [status, left] = await page.evaluate(async (scoring) => {
      const client = await rpc.client("grpc.health.v1.Health", scoring);
      const leaving = new AbortController();
      const answers = client.watch({ service: "" }, { signal: leaving.signal })[Symbol.asyncIterator]();
      const { value } = await answers.next();
      leaving.abort();
      return [value.status, await rpc.failure(() => answers.next())];
    }, scoring);

    assert.equal(status, 1);
    assert.equal(left.code, "Canceled");
  });

  test("A stream that is kept open past its deadline ends", async () => {
    const error = await page.evaluate(async (scoring) => {
      const client = await rpc.client("grpc.health.v1.Health", scoring);
      return rpc.failure(async () => {
        for await (const answer of client.watch({ service: "" }, { timeoutMs: 300 })) void answer;
      });
    }, scoring);

    assert.equal(error.code, "DeadlineExceeded");
  });

  test("A page of an origin that is not listed is refused, and its call is not run", async () => {
    const customerId = fresh("customer");

    const { result: error, messages } = await fromStranger(
      async ({ scoring, scoringService, customerId }) => {
        const client = await rpc.client(scoringService, scoring);
        return rpc.failure(() => client.recordEvent({ event: { customerId, type: "session_started" } }));
      },
      { scoring, scoringService, customerId },
    );

    assert.ok(error.message.includes("Failed to fetch"), error.message);
    assert.match(messages, /CORS policy/);
    assert.equal((await fetch(`${scoring}/v1/customers/${customerId}:score`)).status, 404);
  });
});

suite("Browser: JSON", () => {
  const post = async ({ scoring, customerId }) => {
    try {
      const recorded = await fetch(`${scoring}/v1/events`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ customerId, type: "session_started" }),
      });
      const score = await fetch(`${scoring}/v1/customers/${encodeURIComponent(customerId)}:score`);
      return { outcome: (await recorded.json()).outcome, customerId: (await score.json()).customerId };
    } catch (error) {
      return { message: error.message };
    }
  };

  test("Events are recorded and scored", async () => {
    const customerId = fresh("customer/ä");
    const seen = await page.evaluate(post, { scoring, customerId });
    assert.deepEqual(seen, { outcome: "OUTCOME_ACCEPTED", customerId });
  });

  test("A model is put, which asks beforehand", async () => {
    const status = await page.evaluate(async (scoring) => {
      const model = await (await fetch(`${scoring}/v1/models/engagement`)).json();
      const answer = await fetch(`${scoring}/v1/models/engagement`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(model),
      });
      return answer.status;
    }, scoring);
    assert.equal(status, 200);
  });

  test("A page of an origin that is not listed is refused, and its call is not run", async () => {
    const customerId = fresh("customer");
    const { result, messages } = await fromStranger(post, { scoring, customerId });
    assert.deepEqual(result, { message: "Failed to fetch" });
    assert.match(messages, /CORS policy/);
    assert.equal((await fetch(`${scoring}/v1/customers/${customerId}:score`)).status, 404);
  });
});

/** What a script gives on the page that may not call, and what the browser says about it. */
async function fromStranger(script, argument) {
  const messages = [];
  const listen = (message) => messages.push(message.text());
  stranger.on("console", listen);
  const result = await stranger.evaluate(script, argument);
  stranger.off("console", listen);
  return { result, messages: messages.join() };
}

/** Serves files on an origin of their own. */
async function serve(files) {
  const server = createServer((request, response) => {
    const [type, body] = files[request.url] ?? [];
    response.writeHead(body ? 200 : 404, { "content-type": type ?? "text/plain" }).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  undo(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

async function open(browser, origin) {
  const page = await browser.newPage();
  await page.goto(origin);
  return page;
}
