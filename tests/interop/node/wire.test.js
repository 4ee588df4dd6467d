// What a client library hides: the frames of HTTP/2 as gRPC's "PROTOCOL-HTTP2.md" wants them.
import { test, suite } from "node:test";
import { once } from "node:events";
import assert from "node:assert/strict";
import http2 from "node:http2";
import zlib from "node:zlib";
import { address, fresh, patience } from "./service.js";

/** Sends headers and, if given, a body; gives headers, trailers and body once the server has ended the stream. */
async function exchange(t, headers, body) {
  const session = http2.connect(`http://${address}`);
  t.after(() => session.destroy());
  const stream = session.request(
    {
      ":method": "POST",
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    },
    { endStream: false },
  );
  stream.setTimeout(patience, () => stream.destroy(new Error("The server did not end the stream.")));
  const answer = { trailers: {} };
  stream.on("response", (response) => (answer.headers = response));
  stream.on("trailers", (trailers) => (answer.trailers = trailers));
  const chunks = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  if (body) {
    stream.end(body);
  }
  await once(stream, "close");
  return { ...answer, body: Buffer.concat(chunks) };
}

/** A message behind the five bytes of its envelope. */
function envelope(message, compressed = 0) {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(compressed, 0);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** GetScoreRequest { customer_id }. */
function getScore(customer) {
  const id = Buffer.from(customer);
  return Buffer.concat([Buffer.from([0x12, id.length]), id]);
}

const listModels = "/scoring.v1.ModelService/ListScoringModels";

suite("On the wire", () => {
  test("The server itself ends a call whose deadline has passed", async (t) => {
    const { headers, trailers } = await exchange(t, {
      ":path": "/scoring.v1.ScoringService/StreamEvents",
      "grpc-timeout": "200m",
    });
    assert.equal(trailers["grpc-status"] ?? headers["grpc-status"], "4");
  });

  test("A good answer has its status in trailers", async (t) => {
    const { headers, trailers, body } = await exchange(t, { ":path": listModels }, envelope(Buffer.alloc(0)));
    assert.equal(headers[":status"], 200);
    assert.equal(headers["content-type"], "application/grpc");
    assert.equal(headers["grpc-status"], undefined);
    assert.equal(trailers["grpc-status"], "0");
    assert.equal(body.readUInt32BE(1), body.length - 5);
  });

  test("An error without an answer has trailers only", async (t) => {
    const { headers, trailers, body } = await exchange(
      t,
      { ":path": "/scoring.v1.ScoringService/GetScore" },
      envelope(getScore(fresh("unknown"))),
    );
    assert.equal(headers[":status"], 200);
    assert.equal(headers["grpc-status"], "5");
    assert.ok(headers["grpc-status-details-bin"]);
    assert.deepEqual(Object.keys(trailers), []);
    assert.equal(body.length, 0);
  });

  test("A message compressed by gzip is read", async (t) => {
    const message = zlib.gzipSync(getScore(fresh("unknown")));
    const { headers } = await exchange(
      t,
      { ":path": "/scoring.v1.ScoringService/GetScore", "grpc-encoding": "gzip" },
      envelope(message, 1),
    );
    assert.equal(headers["grpc-status"], "5");
  });

  test("A compressed message without an encoding is refused", async (t) => {
    const { headers } = await exchange(t, { ":path": listModels }, envelope(zlib.gzipSync(Buffer.alloc(0)), 1));
    assert.equal(headers["grpc-status"], "13");
  });

  test("A message in an unknown encoding is unimplemented and the known ones are told", async (t) => {
    const message = envelope(Buffer.alloc(1), 1);
    const { headers } = await exchange(t, { ":path": listModels, "grpc-encoding": "zstd" }, message);
    assert.equal(headers["grpc-status"], "12");
    assert.match(headers["grpc-accept-encoding"], /gzip/);
  });

  test("A content type that is not gRPC's is 415", async (t) => {
    const { headers } = await exchange(t, { ":path": listModels, "content-type": "text/plain" }, Buffer.from("hello"));
    assert.equal(headers[":status"], 415);
  });

  test("A call with too many bytes of headers is refused, and the others of its connection go on", async (t) => {
    const session = http2.connect(`http://${address}`);
    t.after(() => session.destroy());
    const open = (path, headers = {}) => {
      const stream = session.request(
        { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers", ...headers },
        { endStream: false },
      );
      stream.setTimeout(patience, () => stream.destroy(new Error("The server did not answer.")));
      return stream;
    };
    const events = open("/scoring.v1.ScoringService/StreamEvents");
    events.resume();
    // Two headers of 20,000 bytes are over the 32 KiB that are allowed unless configured.
    const refused = open(listModels, { "x-first": "a".repeat(20_000), "x-second": "b".repeat(20_000) });
    const [response] = await once(refused, "response");
    assert.equal(response[":status"], 431);

    const answered = once(events, "data");
    // RecordEventsRequest without events.
    events.write(envelope(Buffer.alloc(0)));
    assert.ok((await answered)[0].length > 0);
    assert.equal(session.destroyed, false);
  });
});
