// The server under test of the Connect conformance suite, started as that suite starts it: asked on standard input, answering on standard
// output, ended by a signal; and called as the suite calls it, by @connectrpc/connect-node.
import { after, before, suite, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { create, createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyPack, anyUnpack, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, decodeBinaryHeader, encodeBinaryHeader } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { folder, root, startSuiteServer, undoing } from "./process.js";
import { describe } from "./types.js";

const patience = 30_000;
const types = createFileRegistry(
  fromBinary(
    FileDescriptorSetSchema,
    describe(
      "connectrpc/conformance/v1/service.proto",
      "connectrpc/conformance/v1/server_compat.proto",
      "google/protobuf/wrappers.proto",
    ),
  ),
);
const message = (name) => types.getMessage(`connectrpc.conformance.v1.${name}`);
const Service = types.getService("connectrpc.conformance.v1.ConformanceService");
const StringValue = types.getMessage("google.protobuf.StringValue");
const RequestInfo = message("ConformancePayload.RequestInfo");

const http1 = 1;
const http2 = 2;
const protocols = { connect: 1, grpc: 2, web: 3 };

const forms = {
  "Connect in JSON over HTTP/1.1": form("connect", http1, createConnectTransport, { useBinaryFormat: false }),
  "Connect in protobuf over HTTP/2": form("connect", http2, createConnectTransport, { useBinaryFormat: true }),
  "gRPC-Web over HTTP/1.1": form("web", http1, createGrpcWebTransport),
  "gRPC-Web over HTTP/2": form("web", http2, createGrpcWebTransport),
  "gRPC over HTTP/2": form("grpc", http2, createGrpcTransport),
  "gRPC over TLS": form("grpc", http2, createGrpcTransport, {}, true),
};

function form(protocol, httpVersion, createTransport, options = {}, useTls = false) {
  return { protocol: protocols[protocol], httpVersion, createTransport, options, useTls };
}

/** Starts a server by a ServerCompatRequest; gives its address and certificate, and `stop`, which gives its exit code. */
async function startUnderTest(asked) {
  const name = "Scoring.Rpc.InteropServer";
  const server = spawn("dotnet", [`${root}/tests/${name}/bin/Release/net10.0/${name}.dll`, "conformance"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(server, "exit");
  const stop = async () => {
    const late = setTimeout(() => server.kill("SIGKILL"), patience);
    server.kill("SIGTERM");
    const [code] = await ended;
    clearTimeout(late);
    return code;
  };
  try {
    const request = toBinary(message("ServerCompatRequest"), create(message("ServerCompatRequest"), asked));
    const size = Buffer.alloc(4);
    size.writeUInt32BE(request.length);
    // The suite says no more, and closes.
    server.stdin.end(Buffer.concat([size, request]));
    const answer = fromBinary(message("ServerCompatResponse"), await sized(server.stdout));
    const scheme = asked.useTls ? "https" : "http";
    return { baseUrl: `${scheme}://${answer.host}:${answer.port}`, ca: Buffer.from(answer.pemCert), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One message with its size before it. */
async function sized(stream) {
  let bytes = Buffer.alloc(0);
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) {
      return bytes.subarray(4);
    }
  }
  throw new Error(`The server ended before it answered; ${bytes.length} bytes came.`);
}

function clientOf(server, { createTransport, httpVersion, options }, nodeOptions = {}) {
  return createClient(
    Service,
    createTransport({
      baseUrl: server.baseUrl,
      httpVersion: httpVersion === http1 ? "1.1" : "2",
      defaultTimeoutMs: patience,
      // Answers hold requests as Any, whose types JSON has to know.
      jsonOptions: { registry: types },
      nodeOptions: { ca: server.ca.length > 0 ? server.ca : undefined, ...nodeOptions },
      ...options,
    }),
  );
}

async function failure(code, run) {
  let error;
  await assert.rejects(run, (thrown) => {
    error = ConnectError.from(thrown);
    return true;
  });
  assert.equal(Code[error.code], Code[code], error.message);
  return error;
}

async function all(stream) {
  const answers = [];
  for await (const answer of stream) {
    answers.push(answer);
  }
  return answers;
}

const bytes = (text) => new TextEncoder().encode(text);
const text = (data) => new TextDecoder().decode(data);
const requestsIn = (info) => info.requests.map((any) => text(anyUnpack(any, types).requestData));
const header = (info, name) => info.requestHeaders.find((entry) => entry.name === name)?.value.join(", ");
const metadata = {
  responseHeaders: [
    { name: "x-early", value: ["one", "two"] },
    { name: "x-early-bin", value: [encodeBinaryHeader(Uint8Array.of(0, 255))] },
  ],
  responseTrailers: [{ name: "x-late", value: ["three"] }],
};

/** What to give a call so that it keeps headers and trailers. */
function listening(options = {}) {
  const heard = {};
  heard.options = {
    ...options,
    onHeader: (headers) => (heard.headers = headers),
    onTrailer: (trailers) => (heard.trailers = trailers),
  };
  return heard;
}

function hasMetadata(headers, trailers) {
  assert.equal(headers.get("x-early"), "one, two");
  assert.deepEqual(decodeBinaryHeader(headers.get("x-early-bin")), Uint8Array.of(0, 255));
  assert.equal(trailers.get("x-late"), "three");
}

for (const [name, form] of Object.entries(forms)) {
  suite(`Conformance server: ${name}`, () => {
    let server, client;
    before(async () => {
      server = await startUnderTest(form);
      client = clientOf(server, form);
    });
    after(async () => {
      assert.equal(await server?.stop(), 0);
    });

    test("A unary call is answered as it asks, and told what the server saw", async () => {
      const heard = listening({ timeoutMs: 20_000, headers: { "x-asked": "yes" } });

      const { payload } = await client.unary(
        { responseDefinition: { response: { case: "responseData", value: bytes("answer") }, ...metadata }, requestData: bytes("a") },
        heard.options,
      );

      assert.equal(text(payload.data), "answer");
      assert.equal(header(payload.requestInfo, "x-asked"), "yes");
      assert.ok(payload.requestInfo.timeoutMs > 15_000n && payload.requestInfo.timeoutMs <= 20_000n);
      assert.deepEqual(requestsIn(payload.requestInfo), ["a"]);
      hasMetadata(heard.headers, heard.trailers);
    });

    test("A unary call raises the error that it asks for", async () => {
      const error = await failure(Code.AlreadyExists, () =>
        client.unary({
          responseDefinition: {
            response: {
              case: "error",
              value: {
                code: Code.AlreadyExists,
                message: "50% schon da ☺",
                details: [anyPack(StringValue, create(StringValue, { value: "own" }))],
              },
            },
            ...metadata,
          },
          requestData: bytes("a"),
        }),
      );

      assert.equal(error.rawMessage, "50% schon da ☺");
      assert.deepEqual(
        error.findDetails(StringValue).map((detail) => detail.value),
        ["own"],
      );
      assert.deepEqual(requestsIn(error.findDetails(RequestInfo)[0]), ["a"]);
      assert.equal(error.metadata.get("x-late"), "three");
    });

    test("A stream of responses has what it is defined to have", async () => {
      const heard = listening();
      const since = performance.now();

      const answers = await all(
        client.serverStream(
          {
            responseDefinition: { responseData: [bytes("1"), bytes("2"), bytes("3")], responseDelayMs: 50, ...metadata },
            requestData: bytes("a"),
          },
          heard.options,
        ),
      );

      assert.ok(performance.now() - since >= 140, "three delays of 50 ms");
      assert.deepEqual(
        answers.map((answer) => text(answer.payload.data)),
        ["1", "2", "3"],
      );
      assert.deepEqual(requestsIn(answers[0].payload.requestInfo), ["a"]);
      assert.equal(answers[1].payload.requestInfo, undefined);
      hasMetadata(heard.headers, heard.trailers);
    });

    test("The headers of a stream do not wait for its first response", async () => {
      const leaving = new AbortController();
      const answers = client.serverStream(
        { responseDefinition: { responseData: [bytes("1")], responseDelayMs: 60_000, ...metadata } },
        { signal: leaving.signal, onHeader: () => leaving.abort() },
      );
      await failure(Code.Canceled, () => all(answers));
    });

    test("An error comes behind the responses that went before it", async () => {
      const answers = [];
      const error = await failure(Code.Aborted, async () => {
        for await (const { payload } of client.serverStream({
          responseDefinition: { responseData: [bytes("1"), bytes("2")], error: { code: Code.Aborted, message: "no more" } },
        })) {
          answers.push(text(payload.data));
        }
      });
      assert.deepEqual(answers, ["1", "2"]);
      assert.deepEqual([error.rawMessage, error.findDetails(RequestInfo).length], ["no more", 0]);
    });

    test("A stream of requests is answered when it has ended", async () => {
      const { payload } = await client.clientStream(
        (async function* () {
          yield { responseDefinition: { response: { case: "responseData", value: bytes("sum") } }, requestData: bytes("a") };
          yield { requestData: bytes("b") };
        })(),
      );
      assert.equal(text(payload.data), "sum");
      assert.deepEqual(requestsIn(payload.requestInfo), ["a", "b"]);
    });

    test("The server ends a call at its deadline", async () => {
      const slow = { responseDelayMs: 60_000 };
      await failure(Code.DeadlineExceeded, () => client.unary({ responseDefinition: slow }, { timeoutMs: 200 }));
      await failure(Code.DeadlineExceeded, () =>
        all(client.serverStream({ responseDefinition: { ...slow, responseData: [bytes("1")] } }, { timeoutMs: 200 })),
      );
    });

    if (form.httpVersion === http2) {
      test("Both sides of a stream take turns", async () => {
        let answered;
        const requests = async function* () {
          for (const word of ["a", "b", "c"]) {
            const turn = new Promise((resolve) => (answered = resolve));
            yield {
              fullDuplex: true,
              responseDefinition: { responseData: [bytes("1"), bytes("2"), bytes("3")] },
              requestData: bytes(word),
            };
            await turn;
          }
        };
        const turns = [];
        for await (const { payload } of client.bidiStream(requests())) {
          turns.push([text(payload.data), ...requestsIn(payload.requestInfo)]);
          answered();
        }
        assert.deepEqual(turns, [
          ["1", "a"],
          ["2", "b"],
          ["3", "c"],
        ]);
      });

      test("Responses come behind all requests if they are asked for so", async () => {
        const answers = await all(
          client.bidiStream(
            (async function* () {
              yield { responseDefinition: { responseData: [bytes("1"), bytes("2")] }, requestData: bytes("a") };
              yield { requestData: bytes("b") };
            })(),
          ),
        );
        assert.deepEqual(
          answers.map(({ payload }) => [text(payload.data), payload.requestInfo && requestsIn(payload.requestInfo)]),
          [
            ["1", ["a", "b"]],
            ["2", undefined],
          ],
        );
      });
    }
  });
}

suite("Conformance server: what else the suite asks for", () => {
  const undo = undoing();

  async function started(asked) {
    const server = await startUnderTest(asked);
    undo(() => server.stop());
    return server;
  }

  test("A method without side effects can be called by GET", async () => {
    const form = forms["Connect in JSON over HTTP/1.1"];
    const server = await started(form);
    const client = clientOf(server, { ...form, options: { useHttpGet: true, useBinaryFormat: false } });

    const { payload } = await client.idempotentUnary({ requestData: bytes("a") });

    const query = payload.requestInfo.connectGetInfo.queryParams;
    assert.deepEqual(query.find(({ name }) => name === "encoding").value, ["json"]);
    assert.deepEqual(requestsIn(payload.requestInfo), ["a"]);
  });

  for (const name of ["Connect in protobuf over HTTP/2", "gRPC-Web over HTTP/1.1", "gRPC over HTTP/2"]) {
    test(`A message over the limit is refused: ${name}`, async () => {
      const form = forms[name];
      const client = clientOf(await started({ ...form, messageReceiveLimit: 1000 }), form);
      const requestData = new Uint8Array(1000);
      await client.unary({ requestData: requestData.subarray(0, 900) });
      await failure(Code.ResourceExhausted, () => client.unary({ requestData }));
    });
  }

  test("Callers have to show a certificate that is trusted, and the server shows the one it was given", async () => {
    const work = folder(undo);
    execFileSync(`${root}/tests/interop/certificates.sh`, [work]);
    const file = (name) => readFileSync(`${work}/${name}`);
    const form = forms["Connect in protobuf over HTTP/2"];
    const server = await started({
      ...form,
      useTls: true,
      clientTlsCert: file("ca.pem"),
      serverCreds: { cert: file("server.pem"), key: file("server.key") },
    });
    const as = (certificate) =>
      clientOf(server, form, { ca: file("ca.pem"), cert: file(`${certificate}.pem`), key: file(`${certificate}.key`) });

    assert.deepEqual(requestsIn((await as("client").unary({ requestData: bytes("a") })).payload.requestInfo), ["a"]);
    await assert.rejects(as("stranger").unary({}));
    await assert.rejects(clientOf(server, form, { ca: file("ca.pem") }).unary({}));
  });

  test("A cache on the way may keep the answer to a GET, for as long as the server says", async () => {
    const { ports } = await startSuiteServer(undo);
    const cache = await startCache(undo, `http://${ports.http}`);
    const query = "?connect=v1&encoding=json&message=%7B%7D";
    const ask = async (base) => (await fetch(`${base}/grpc.testing.TestService/CacheableUnaryCall${query}`)).text();

    assert.equal(await ask(cache), await ask(cache));
    assert.notEqual(await ask(`http://${ports.http}`), await ask(`http://${ports.http}`));
  });
});

/** A proxy that keeps what it may keep. */
async function startCache(undo, origin) {
  const kept = new Map();
  const proxy = createServer(async (request, response) => {
    if (!kept.has(request.url)) {
      const answer = await fetch(origin + request.url);
      const body = await answer.text();
      const maxAge = /^max-age=(\d+), public$/.exec(answer.headers.get("cache-control") ?? "");
      if (request.method !== "GET" || !answer.ok || !maxAge || Number(maxAge[1]) === 0) {
        response.end(body);
        return;
      }
      kept.set(request.url, body);
    }
    response.end(kept.get(request.url));
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  undo(() => proxy.close());
  return `http://127.0.0.1:${proxy.address().port}`;
}
