// gRPC-Web on both ports as @connectrpc/connect-node and buf curl speak it, and their gRPC.
import { test, suite } from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fromBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { compressionGzip, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { root } from "./process.js";
import { address, fresh, patience } from "./service.js";
import { types } from "./types.js";

const ScoringService = types.getService("scoring.v1.ScoringService");
const Health = types.getService("grpc.health.v1.Health");
const ErrorInfo = types.getMessage("google.rpc.ErrorInfo");
const BadRequest = types.getMessage("google.rpc.BadRequest");

const http1 = { baseUrl: `http://${process.env.SCORING_HTTP_ADDRESS}`, httpVersion: "1.1", defaultTimeoutMs: patience };
const http2 = { baseUrl: `http://${address}`, httpVersion: "2", defaultTimeoutMs: patience };
const gzip = { sendCompression: compressionGzip, acceptCompression: [compressionGzip], compressMinBytes: 1 };

const transports = {
  "gRPC-Web over HTTP/1.1": createGrpcWebTransport(http1),
  "gRPC-Web over HTTP/2": createGrpcWebTransport(http2),
  "gRPC-Web with gzip over HTTP/1.1": createGrpcWebTransport({ ...http1, ...gzip }),
  "gRPC over HTTP/2": createGrpcTransport(http2),
  "gRPC with gzip over HTTP/2": createGrpcTransport({ ...http2, ...gzip }),
};

for (const [name, transport] of Object.entries(transports)) {
  const scoring = createClient(ScoringService, transport);

  suite(name, () => {
    test("Events are recorded and scored", async () => {
      const customerId = fresh("customer ä");
      const recorded = await scoring.recordEvents({ events: [event(customerId), event(customerId)] });
      assert.deepEqual(recorded.rejections, []);

      const score = await scoring.getScore({ customerId });

      assert.equal(score.customerId, customerId);
    });

    test("An unknown customer is not found, with details", async () => {
      const customerId = fresh("unknown 50% 顧客");
      const error = await failure(Code.NotFound, () => scoring.getScore({ customerId }));
      assert.ok(error.rawMessage.includes(customerId), error.rawMessage);
      const [info] = error.findDetails(ErrorInfo);
      assert.deepEqual([info.domain, info.reason], ["scoring", "CUSTOMER_NOT_FOUND"]);
    });

    test("A bad field is named", async () => {
      const error = await failure(Code.InvalidArgument, () => scoring.recordEvent({ event: event("") }));
      const [bad] = error.findDetails(BadRequest);
      assert.deepEqual(
        bad.fieldViolations.map((violation) => violation.field),
        ["event.customer_id"],
      );
    });

    test("A stream of responses is read, and left", async () => {
      const leaving = new AbortController();
      const answers = createClient(Health, transport)
        .watch({ service: "" }, { signal: leaving.signal })
        [Symbol.asyncIterator]();
      assert.equal((await answers.next()).value.status, 1);
      leaving.abort();
      await failure(Code.Canceled, () => answers.next());
    });

    test("A stream that is kept open past its deadline ends", async () => {
      await failure(Code.DeadlineExceeded, async () => {
        for await (const answer of createClient(Health, transport).watch({ service: "" }, { timeoutMs: 300 })) {
          assert.equal(answer.status, 1);
        }
      });
    });

    if (!name.startsWith("gRPC-Web")) {
      test("A stream of both sides answers batch by batch", async () => {
        const customerId = fresh("customer");
        const batches = async function* () {
          yield { events: [event(customerId)] };
          yield { events: [event(customerId), event("")] };
        };

        const answers = [];
        for await (const answer of scoring.streamEvents(batches())) {
          answers.push(answer.rejections.length);
        }

        assert.deepEqual(answers, [0, 1]);
      });
    }
  });
}

suite("buf curl", () => {
  const run = promisify(execFile);
  const forms = {
    "grpcweb over HTTP/1.1": ["grpcweb", http1.baseUrl],
    "grpcweb over HTTP/2": ["grpcweb", http2.baseUrl, "--http2-prior-knowledge"],
    "grpc over HTTP/2": ["grpc", http2.baseUrl, "--http2-prior-knowledge"],
  };
  for (const [name, [protocol, base, ...options]] of Object.entries(forms)) {
    const curl = (method, request) =>
      run(
        `${root}/tests/interop/node/node_modules/.bin/buf`,
        [
          "curl",
          "--protocol",
          protocol,
          "--schema",
          `${root}/protos`,
          ...options,
          "-d",
          JSON.stringify(request),
          `${base}/scoring.v1.ScoringService/${method}`,
        ],
        { timeout: patience },
      );

    test(`${name} records, scores and tells of errors`, async () => {
      const customerId = fresh("customer");
      await curl("RecordEvent", { event: event(customerId) });
      const { stdout } = await curl("GetScore", { customerId });
      assert.equal(JSON.parse(stdout).customerId, customerId);
      await assert.rejects(curl("GetScore", { customerId: fresh("unknown") }), (error) => {
        const { code, details } = JSON.parse(error.stderr);
        assert.deepEqual([code, details[0].type], ["not_found", ErrorInfo.typeName]);
        assert.equal(fromBinary(ErrorInfo, Buffer.from(details[0].value, "base64")).reason, "CUSTOMER_NOT_FOUND");
        return true;
      });
    });
  }
});

function event(customerId) {
  return { customerId, type: "session_started" };
}

/** The error of a call that must fail with this code. */
async function failure(code, call) {
  let error;
  await assert.rejects(call, (thrown) => {
    error = ConnectError.from(thrown);
    return true;
  });
  assert.equal(Code[error.code], Code[code], error.message);
  return error;
}
