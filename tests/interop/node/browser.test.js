// The service as a page in a browser sees it: @connectrpc/connect-web in Chromium, on a page of another origin.
import { before, suite, test } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { folder, startScoringServer, startSuiteServer, undoing } from "./process.js";
import { fresh, patience } from "./service.js";
import { describe } from "./types.js";

const scoringService = "scoring.v1.ScoringService";
const suiteService = "connectrpc.conformance.v1.ConformanceService";
const transports = [
  "Connect in JSON",
  "Connect in protobuf",
  "Connect with GET",
  "Connect with GET in JSON",
  "gRPC-Web",
];

const undo = undoing();

// The page, an origin that may not call, and where the servers listen.
let page, stranger, scoring, suiteServer;

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
    "/types.binpb": ["application/octet-stream", describe("connectrpc/conformance/v1/service.proto")],
  };
  const origin = await serve(files);
  [scoring, suiteServer] = (
    await Promise.all([
      startScoringServer(undo, "--HttpEndpoint=127.0.0.1:0", "--CompressResponses=true", `--CorsOrigins=${origin}`),
      startSuiteServer(undo, `--cors_origin=${origin}`),
    ])
  ).map(({ ports }) => (ports.http.includes("//") ? ports.http : `http://${ports.http}`));
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

for (const transport of transports) {
  suite(`Browser: ${transport}`, () => {
    test("Events are recorded and scored", async () => {
      const customerId = fresh("customer ä");
      const answered = page.waitForResponse((response) => {
        const method = response.request().method();
        return response.url().includes("/GetScore") && method !== "OPTIONS";
      });

      const score = await page.evaluate(
        async ({ scoring, scoringService, transport, customerId }) => {
          const client = await rpc.client(scoringService, transport, scoring);
          const recorded = await client.recordEvents({ events: [{ customerId, type: "session_started" }, {}] });
          const score = await client.getScore({ customerId });
          return { customerId: score.customerId, rejected: recorded.rejections.length };
        },
        { scoring, scoringService, transport, customerId },
      );

      assert.deepEqual(score, { customerId, rejected: 1 });
      const answer = await answered;
      assert.equal(answer.request().method(), transport.includes("GET") ? "GET" : "POST");
      // The browser decompresses the bodies of unary Connect; messages of gRPC-Web it cannot.
      const encoding = transport === "gRPC-Web" ? undefined : "gzip";
      assert.equal((await answer.allHeaders())["content-encoding"], encoding);
    });

    test("An error has its code, message and details", async () => {
      const customerId = fresh("unknown 50% 顧客");

      const [unknown, bad] = await page.evaluate(
        async ({ scoring, scoringService, transport, customerId }) => {
          const client = await rpc.client(scoringService, transport, scoring);
          return [
            await rpc.failure(() => client.getScore({ customerId })),
            await rpc.failure(() => client.recordEvent({ event: { type: "session_started" } })),
          ];
        },
        { scoring, scoringService, transport, customerId },
      );

      assert.equal(unknown.code, "NotFound");
      assert.ok(unknown.message.includes(customerId), unknown.message);
      assert.equal(unknown.details["google.rpc.ErrorInfo"][0].reason, "CUSTOMER_NOT_FOUND");
      assert.equal(bad.code, "InvalidArgument");
      assert.equal(bad.details["google.rpc.BadRequest"][0].fieldViolations[0].field, "event.customer_id");
    });

    test("A stream of the service is read, and left", async () => {
      const [status, left] = await page.evaluate(
        async ({ scoring, transport }) => {
          const client = await rpc.client("grpc.health.v1.Health", transport, scoring);
          const leaving = new AbortController();
          const answers = client.watch({ service: "" }, { signal: leaving.signal })[Symbol.asyncIterator]();
          const { value } = await answers.next();
          leaving.abort();
          return [value.status, await rpc.failure(() => answers.next())];
        },
        { scoring, transport },
      );

      assert.equal(status, 1);
      assert.equal(left.code, "Canceled");
    });

    test("A stream that is kept open past its deadline ends", async () => {
      const error = await page.evaluate(
        async ({ scoring, transport }) => {
          const client = await rpc.client("grpc.health.v1.Health", transport, scoring);
          return rpc.failure(async () => {
            for await (const answer of client.watch({ service: "" }, { timeoutMs: 300 })) void answer;
          });
        },
        { scoring, transport },
      );

      assert.equal(error.code, "DeadlineExceeded");
    });

    for (const [kind, method] of [
      ["unary call", transport.includes("GET") ? "idempotentUnary" : "unary"],
      ["stream", "serverStream"],
    ]) {
      test(`Metadata goes both ways with a ${kind}, text and bytes, before and after the messages`, async () => {
        const seen = await page.evaluate(
          async ({ suiteServer, suiteService, transport, method }) => {
            const client = await rpc.client(suiteService, transport, suiteServer);
            const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
            const binary = rpc.encodeBinaryHeader(bytes);
            const seen = {};
            const keep = (name) => (metadata) => {
              seen[name] = metadata.get(`x-${name}`);
              seen[`${name}Bytes`] = [...rpc.decodeBinaryHeader(metadata.get(`x-${name}-bin`))].length;
            };
            const definition = {
              responseHeaders: [
                { name: "x-header", value: ["first"] },
                { name: "x-header-bin", value: [binary] },
              ],
              responseTrailers: [
                { name: "x-trailer", value: ["last"] },
                { name: "x-trailer-bin", value: [binary] },
              ],
            };
            const text = (word) => new TextEncoder().encode(word);
            const options = {
              headers: { "x-asked": "why", "x-asked-bin": binary },
              onHeader: keep("header"),
              onTrailer: keep("trailer"),
            };
            const payloads = [];
            if (method === "serverStream") {
              const responseDefinition = { ...definition, responseData: [text("a"), text("b"), text("c")] };
              for await (const { payload } of client.serverStream({ responseDefinition }, options)) {
                payloads.push(payload);
              }
            } else {
              const response = { case: "responseData", value: text("a") };
              payloads.push((await client[method]({ responseDefinition: { ...definition, response } }, options)).payload);
            }
            seen.data = payloads.map((payload) => new TextDecoder().decode(payload.data)).join("");
            const asked = payloads[0].requestInfo.requestHeaders;
            seen.asked = asked.find((header) => header.name === "x-asked").value.join();
            seen.askedBytes = asked.find((header) => header.name === "x-asked-bin").value.join().replace(/=*$/, "") === binary;
            return seen;
          },
          { suiteServer, suiteService, transport, method },
        );

        assert.deepEqual(seen, {
          header: "first",
          headerBytes: 256,
          trailer: "last",
          trailerBytes: 256,
          data: method === "serverStream" ? "abc" : "a",
          asked: "why",
          askedBytes: true,
        });
      });
    }

    test("An error after messages has its trailers and details", async () => {
      const [received, error] = await page.evaluate(
        async ({ suiteServer, suiteService, transport }) => {
          const client = await rpc.client(suiteService, transport, suiteServer);
          const received = [];
          const error = await rpc.failure(async () => {
            const responseDefinition = {
              responseData: [new Uint8Array(100_000), new Uint8Array(3)],
              responseTrailers: [{ name: "x-trailer", value: ["last"] }],
              error: { code: 9, message: "not now, ä" },
            };
            for await (const { payload } of client.serverStream({ responseDefinition })) {
              received.push(payload.data.length);
            }
          });
          return [received, error];
        },
        { suiteServer, suiteService, transport },
      );

      assert.deepEqual(received, [100_000, 3]);
      assert.deepEqual(
        [error.code, error.message, error.metadata["x-trailer"]],
        ["FailedPrecondition", "not now, ä", "last"],
      );
    });

    test("A unary call ends at its deadline, and when its caller leaves", async () => {
      const [late, left, milliseconds] = await page.evaluate(
        async ({ suiteServer, suiteService, transport }) => {
          const client = await rpc.client(suiteService, transport, suiteServer);
          const slow = { responseDefinition: { responseDelayMs: 60_000 } };
          const since = performance.now();
          const late = await rpc.failure(() => client.unary(slow, { timeoutMs: 300 }));
          const milliseconds = performance.now() - since;
          const leaving = new AbortController();
          const call = rpc.failure(() => client.unary(slow, { signal: leaving.signal }));
          leaving.abort();
          return [late, await call, milliseconds];
        },
        { suiteServer, suiteService, transport },
      );

      assert.deepEqual([late.code, left.code], ["DeadlineExceeded", "Canceled"]);
      assert.ok(milliseconds < patience, `${milliseconds} ms`);
    });

    test("A page of an origin that is not listed is refused, and its call is not run", async () => {
      const customerId = fresh("customer");
      const messages = [];
      const listen = (message) => messages.push(message.text());
      stranger.on("console", listen);

      const error = await stranger.evaluate(
        async ({ scoring, scoringService, transport, customerId }) => {
          const client = await rpc.client(scoringService, transport, scoring);
          return rpc.failure(() => client.recordEvent({ event: { customerId, type: "session_started" } }));
        },
        { scoring, scoringService, transport, customerId },
      );

      stranger.off("console", listen);
      assert.ok(error.message.includes("Failed to fetch"), error.message);
      assert.ok(
        messages.some((text) => text.includes("CORS policy")),
        messages.join(),
      );
      const answer = await fetch(`${scoring}/${scoringService}/GetScore`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ customerId }),
      });
      assert.equal(answer.status, 404);
    });
  });
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
